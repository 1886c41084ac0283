# Words of indices beside the survey.
