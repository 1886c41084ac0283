DROP TRIGGER responses_truncated ON responses;
DROP TRIGGER responses_updated ON responses;
DROP TRIGGER responses_deleted ON responses;
DROP FUNCTION responses_changed();
DROP INDEX responses_survey;
CREATE INDEX responses_survey ON responses (survey_id);
ALTER TABLE responses DROP COLUMN stored_in;
DROP TABLE response_changes;
