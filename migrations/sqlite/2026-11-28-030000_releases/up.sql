-- Frozen, hashed sets of estimates. `content` is the very text the hash is of; a row never changes.
CREATE TABLE releases (
    id        INTEGER PRIMARY KEY NOT NULL,
    code      TEXT      NOT NULL UNIQUE,
    survey_id BIGINT    NOT NULL REFERENCES surveys (id),
    number    BIGINT    NOT NULL CHECK (number >= 1),
    hash      TEXT      NOT NULL,
    content   TEXT      NOT NULL,
    -- What lists show, taken from the content.
    summary   TEXT      NOT NULL,
    -- The release that this one corrects.
    corrects  BIGINT REFERENCES releases (id),
    frozen_at TIMESTAMP NOT NULL,
    UNIQUE (survey_id, number)
);
CREATE INDEX releases_corrects ON releases (corrects);

-- What became of a release: the last step is where it stands.
CREATE TABLE release_steps (
    id         INTEGER PRIMARY KEY NOT NULL,
    release_id BIGINT    NOT NULL REFERENCES releases (id),
    step       TEXT      NOT NULL CHECK (step IN ('frozen', 'reviewed', 'signed', 'published', 'withdrawn')),
    by_id      BIGINT,
    by_name    TEXT      NOT NULL,
    at         TIMESTAMP NOT NULL,
    note       TEXT      NOT NULL,
    -- A step is taken once.
    UNIQUE (release_id, step)
);

CREATE TRIGGER releases_not_changed BEFORE UPDATE ON releases BEGIN
    SELECT RAISE(ABORT, 'a release never changes');
END;
CREATE TRIGGER releases_not_deleted BEFORE DELETE ON releases BEGIN
    SELECT RAISE(ABORT, 'a release never changes');
END;
-- INSERT OR REPLACE deletes without the trigger above; what is taken is refused beforehand.
CREATE TRIGGER releases_not_replaced BEFORE INSERT ON releases
WHEN EXISTS (SELECT 1 FROM releases WHERE id = NEW.id OR code = NEW.code OR (survey_id = NEW.survey_id AND number = NEW.number)) BEGIN
    SELECT RAISE(ABORT, 'a release never changes');
END;
CREATE TRIGGER release_steps_not_changed BEFORE UPDATE ON release_steps BEGIN
    SELECT RAISE(ABORT, 'the steps of a release never change');
END;
CREATE TRIGGER release_steps_not_deleted BEFORE DELETE ON release_steps BEGIN
    SELECT RAISE(ABORT, 'the steps of a release never change');
END;
CREATE TRIGGER release_steps_not_replaced BEFORE INSERT ON release_steps
WHEN EXISTS (SELECT 1 FROM release_steps WHERE id = NEW.id OR (release_id = NEW.release_id AND step = NEW.step)) BEGIN
    SELECT RAISE(ABORT, 'the steps of a release never change');
END;
