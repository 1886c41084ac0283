DROP TABLE draft_revisions;
DROP TABLE questionnaire_drafts;
DROP TABLE questionnaire_steps;
