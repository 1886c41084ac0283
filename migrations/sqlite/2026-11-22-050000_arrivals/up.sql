-- How often stored responses of a survey were changed or deleted: what was read of it before is then read anew.
-- New responses are found by SQLite's own numbering of rows (rowid), so they need no column.
CREATE TABLE response_changes (
    survey_id BIGINT PRIMARY KEY NOT NULL,
    revision  BIGINT NOT NULL
);

CREATE TRIGGER responses_deleted AFTER DELETE ON responses BEGIN
    INSERT INTO response_changes (survey_id, revision) VALUES (OLD.survey_id, 1)
        ON CONFLICT (survey_id) DO UPDATE SET revision = revision + 1;
END;

CREATE TRIGGER responses_updated AFTER UPDATE ON responses BEGIN
    INSERT INTO response_changes (survey_id, revision) VALUES (OLD.survey_id, 1)
        ON CONFLICT (survey_id) DO UPDATE SET revision = revision + 1;
    INSERT INTO response_changes (survey_id, revision) VALUES (NEW.survey_id, 1)
        ON CONFLICT (survey_id) DO UPDATE SET revision = revision + 1;
END;
