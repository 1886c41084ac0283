-- How often stored responses of a survey were changed or deleted: what was read of it before is then read anew.
CREATE TABLE response_changes (
    survey_id BIGINT PRIMARY KEY NOT NULL,
    revision  BIGINT NOT NULL
);

-- The transaction that stored the response. Which transactions a reader has seen is known exactly (pg_current_snapshot), so it finds what is new
-- since, in whatever order they ended. Only PostgreSQL needs it; the program never writes it.
ALTER TABLE responses ADD COLUMN stored_in BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
DROP INDEX responses_survey;
CREATE INDEX responses_survey ON responses (survey_id, stored_in);

CREATE FUNCTION responses_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO response_changes (survey_id, revision) SELECT id, 1 FROM surveys ORDER BY id
            ON CONFLICT (survey_id) DO UPDATE SET revision = response_changes.revision + 1;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO response_changes (survey_id, revision) SELECT DISTINCT survey_id, 1 FROM gone ORDER BY survey_id
            ON CONFLICT (survey_id) DO UPDATE SET revision = response_changes.revision + 1;
    ELSE
        INSERT INTO response_changes (survey_id, revision)
            SELECT survey_id, 1 FROM (SELECT survey_id FROM gone UNION SELECT survey_id FROM come) AS either ORDER BY survey_id
            ON CONFLICT (survey_id) DO UPDATE SET revision = response_changes.revision + 1;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER responses_deleted AFTER DELETE ON responses
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION responses_changed();
CREATE TRIGGER responses_updated AFTER UPDATE ON responses
    REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION responses_changed();
CREATE TRIGGER responses_truncated AFTER TRUNCATE ON responses FOR EACH STATEMENT EXECUTE FUNCTION responses_changed();
