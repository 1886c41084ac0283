# Words of reports and unit cards.
