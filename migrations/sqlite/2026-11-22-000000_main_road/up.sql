-- Units and the places where they serve people.
CREATE TABLE units (
    code         TEXT   NOT NULL,
    valid_from   DATE   NOT NULL,
    valid_to     DATE,
    name_vi      TEXT   NOT NULL,
    name_en      TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    parent       TEXT,
    population   BIGINT CHECK (population >= 0),
    transactions BIGINT CHECK (transactions >= 0),
    PRIMARY KEY (code, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);

CREATE TABLE places (
    code    TEXT PRIMARY KEY NOT NULL,
    unit    TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    name_en TEXT NOT NULL
);

-- Questionnaire versions: the file as it was added, with its digest. A version never changes.
CREATE TABLE questionnaire_versions (
    questionnaire TEXT      NOT NULL,
    version       TEXT      NOT NULL,
    source        TEXT      NOT NULL,
    digest        TEXT      NOT NULL,
    added_at      TIMESTAMP NOT NULL,
    PRIMARY KEY (questionnaire, version)
);

-- Where each closed answer sits in responses.codes.
CREATE TABLE slots (
    questionnaire TEXT   NOT NULL,
    version       TEXT   NOT NULL,
    question      TEXT   NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('single', 'multiple')),
    byte_offset   BIGINT NOT NULL,
    width         BIGINT NOT NULL,
    PRIMARY KEY (questionnaire, version, question),
    FOREIGN KEY (questionnaire, version) REFERENCES questionnaire_versions (questionnaire, version)
);

-- What each byte (single) or bit (multiple) of a slot means.
CREATE TABLE slot_options (
    questionnaire TEXT   NOT NULL,
    version       TEXT   NOT NULL,
    question      TEXT   NOT NULL,
    position      BIGINT NOT NULL,
    code          TEXT   NOT NULL,
    PRIMARY KEY (questionnaire, version, question, position),
    FOREIGN KEY (questionnaire, version, question) REFERENCES slots (questionnaire, version, question)
);

CREATE TABLE surveys (
    id            INTEGER PRIMARY KEY NOT NULL,
    code          TEXT      NOT NULL UNIQUE,
    title_vi      TEXT      NOT NULL,
    title_en      TEXT      NOT NULL,
    questionnaire TEXT      NOT NULL,
    version       TEXT      NOT NULL,
    status        TEXT      NOT NULL,
    opens_on      DATE      NOT NULL,
    closes_on     DATE      NOT NULL,
    tree_date     DATE      NOT NULL,
    streams       TEXT      NOT NULL,
    weighting     TEXT      NOT NULL,
    threshold     BIGINT    NOT NULL CHECK (threshold >= 1),
    results       TEXT      NOT NULL,
    demonstration BOOLEAN   NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    FOREIGN KEY (questionnaire, version) REFERENCES questionnaire_versions (questionnaire, version)
);

CREATE TABLE survey_units (
    survey_id BIGINT NOT NULL REFERENCES surveys (id),
    unit      TEXT   NOT NULL,
    PRIMARY KEY (survey_id, unit)
);

-- The code in the address a citizen opens; unit and place are kept here, where a citizen cannot edit them.
CREATE TABLE place_codes (
    code      TEXT    PRIMARY KEY NOT NULL,
    survey_id BIGINT  NOT NULL REFERENCES surveys (id),
    unit      TEXT,
    place     TEXT,
    revoked   BOOLEAN NOT NULL
);
CREATE INDEX place_codes_survey ON place_codes (survey_id);

-- One row a response. `id` was made by the client before its first try.
CREATE TABLE responses (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    survey_id    BIGINT    NOT NULL REFERENCES surveys (id),
    unit         TEXT      NOT NULL,
    place        TEXT,
    stream       TEXT      NOT NULL,
    mode         TEXT      NOT NULL,
    language     TEXT      NOT NULL,
    stratum      TEXT,
    psu          TEXT,
    weight       DOUBLE PRECISION CHECK (weight > 0),
    submitted_at TIMESTAMP NOT NULL,
    codes        BLOB   NOT NULL,
    extra        TEXT
);
CREATE INDEX responses_survey ON responses (survey_id);

-- Closed answers in words, one row an answer, for people and other tools.
CREATE VIEW answers AS
SELECT r.id AS response_id, s.code AS survey, r.unit, r.stream, l.question, o.code AS answer
FROM responses r
JOIN surveys s ON s.id = r.survey_id
JOIN slots l ON l.questionnaire = s.questionnaire AND l.version = s.version
JOIN slot_options o ON o.questionnaire = l.questionnaire AND o.version = l.version AND o.question = l.question
WHERE (l.kind = 'single' AND ((instr('0123456789ABCDEF', substr(hex(substr(r.codes, l.byte_offset + 1, 1)), 1, 1)) - 1) * 16 + instr('0123456789ABCDEF', substr(hex(substr(r.codes, l.byte_offset + 1, 1)), 2, 1)) - 1) = o.position)
   OR (l.kind = 'multiple' AND (((instr('0123456789ABCDEF', substr(hex(substr(r.codes, l.byte_offset + (o.position - 1) / 8 + 1, 1)), 1, 1)) - 1) * 16 + instr('0123456789ABCDEF', substr(hex(substr(r.codes, l.byte_offset + (o.position - 1) / 8 + 1, 1)), 2, 1)) - 1) >> ((o.position - 1) % 8)) & 1 = 1);

CREATE TABLE users (
    id                   INTEGER PRIMARY KEY NOT NULL,
    name                 TEXT      NOT NULL UNIQUE,
    password_hash        TEXT      NOT NULL,
    role                 TEXT      NOT NULL,
    must_change_password BOOLEAN   NOT NULL,
    created_at           TIMESTAMP NOT NULL
);

-- The digest of a session's token, so that a copy of the database opens no session.
CREATE TABLE sessions (
    token_digest TEXT      PRIMARY KEY NOT NULL,
    user_id      BIGINT    NOT NULL REFERENCES users (id),
    csrf         TEXT      NOT NULL,
    expires_at   TIMESTAMP NOT NULL
);
