-- The shapes of units on maps: one file for the whole installation.
CREATE TABLE boundaries (
    id        BIGINT    PRIMARY KEY NOT NULL CHECK (id = 1),
    file_name TEXT      NOT NULL,
    property  TEXT      NOT NULL,
    source    TEXT      NOT NULL,
    areas     BIGINT    NOT NULL,
    geometry  TEXT      NOT NULL,
    digest    TEXT      NOT NULL,
    stored_by TEXT      NOT NULL,
    stored_at TIMESTAMP NOT NULL
);
