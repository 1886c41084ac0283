DROP TRIGGER responses_updated;
DROP TRIGGER responses_deleted;
DROP TABLE response_changes;
