-- Indices beside the survey's own, such as PAR INDEX: what they are called and measured in.
CREATE TABLE indices (
    code        TEXT             PRIMARY KEY NOT NULL,
    name_vi     TEXT             NOT NULL,
    name_en     TEXT             NOT NULL,
    measured_in TEXT             NOT NULL CHECK (measured_in IN ('percent', 'points')),
    largest     DOUBLE PRECISION NOT NULL CHECK (largest > 0)
);

-- A published value or rank of a unit in a year. An empty measure is the whole index.
CREATE TABLE index_values (
    id           INTEGER PRIMARY KEY NOT NULL,
    index_code   TEXT             NOT NULL REFERENCES indices (code),
    measure      TEXT             NOT NULL,
    measure_en   TEXT,
    level        TEXT             NOT NULL,
    unit         TEXT             NOT NULL,
    unit_en      TEXT,
    unit_code    TEXT,
    year         BIGINT           NOT NULL,
    value        DOUBLE PRECISION,
    place        BIGINT,
    places       BIGINT,
    method       TEXT,
    method_seen  BOOLEAN          NOT NULL,
    derived      BOOLEAN          NOT NULL,
    source       TEXT             NOT NULL,
    note         TEXT,
    note_en      TEXT,
    CHECK (value IS NOT NULL OR place IS NOT NULL),
    UNIQUE (index_code, measure, level, unit, year)
);
