-- What was done to a version or a draft of it, by whom and when. Rows are only added.
CREATE TABLE questionnaire_steps (
    id            INTEGER PRIMARY KEY NOT NULL,
    questionnaire TEXT      NOT NULL,
    version       TEXT      NOT NULL,
    draft         BIGINT,
    step          TEXT      NOT NULL,
    by_name       TEXT      NOT NULL,
    at            TIMESTAMP NOT NULL,
    note          TEXT      NOT NULL
);
CREATE INDEX questionnaire_steps_version ON questionnaire_steps (questionnaire, version);

-- A questionnaire that is being designed. Its content is its latest revision.
CREATE TABLE questionnaire_drafts (
    id            INTEGER PRIMARY KEY NOT NULL,
    questionnaire TEXT      NOT NULL,
    version       TEXT      NOT NULL,
    title         TEXT      NOT NULL,
    status        TEXT      NOT NULL CHECK (status IN ('draft', 'in_review', 'approved', 'published', 'discarded')),
    based_on      TEXT,
    revision      BIGINT    NOT NULL,
    submitted_by  TEXT,
    preview       TEXT      NOT NULL UNIQUE,
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    updated_by    TEXT      NOT NULL
);

-- `origin` is the revision whose content this one has again, itself unless it was made by undoing.
CREATE TABLE draft_revisions (
    draft    BIGINT    NOT NULL REFERENCES questionnaire_drafts (id),
    revision BIGINT    NOT NULL,
    origin   BIGINT    NOT NULL,
    source   TEXT      NOT NULL,
    by_name  TEXT      NOT NULL,
    at       TIMESTAMP NOT NULL,
    PRIMARY KEY (draft, revision)
);
