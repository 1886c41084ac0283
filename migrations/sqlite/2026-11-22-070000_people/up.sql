-- People: a mail address, the language of their mails, whether they may sign in. An empty password_hash is no password.
ALTER TABLE users ADD COLUMN mail TEXT;
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'vi';
ALTER TABLE users ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN last_sign_in TIMESTAMP;
CREATE UNIQUE INDEX users_mail ON users (mail);

-- What a person may do, and in which branch of the unit tree: the code of its top unit, empty for the whole tree.
CREATE TABLE grants (
    user_id BIGINT NOT NULL REFERENCES users (id),
    role    TEXT   NOT NULL,
    branch  TEXT   NOT NULL,
    PRIMARY KEY (user_id, role, branch)
);
INSERT INTO grants (user_id, role, branch) SELECT id, 'administrator', '' FROM users;
ALTER TABLE users DROP COLUMN role;

-- Sessions say when and in which kind of browser they began. Those that were open end.
DROP TABLE sessions;
CREATE TABLE sessions (
    token_digest TEXT      PRIMARY KEY NOT NULL,
    user_id      BIGINT    NOT NULL REFERENCES users (id),
    csrf         TEXT      NOT NULL,
    started_at   TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL,
    browser      TEXT      NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

-- One-time links to set a password, by the digest of their token.
CREATE TABLE password_links (
    token_digest TEXT      PRIMARY KEY NOT NULL,
    user_id      BIGINT    NOT NULL REFERENCES users (id),
    purpose      TEXT      NOT NULL,
    expires_at   TIMESTAMP NOT NULL
);
CREATE INDEX password_links_user ON password_links (user_id);

-- Keys with which programs act for a person, by the digest of the key.
CREATE TABLE api_keys (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT    NOT NULL REFERENCES users (id),
    name       TEXT      NOT NULL,
    key_digest TEXT      NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX api_keys_user ON api_keys (user_id);

-- Mails that wait, were sent, or were given up. The text is kept only while the mail waits, because it may carry a one-time link.
CREATE TABLE mails (
    id          INTEGER PRIMARY KEY NOT NULL,
    message_id  TEXT      NOT NULL UNIQUE,
    message     TEXT      NOT NULL,
    to_name     TEXT      NOT NULL,
    to_address  TEXT      NOT NULL,
    subject     TEXT      NOT NULL,
    body_text   TEXT      NOT NULL,
    body_html   TEXT      NOT NULL,
    state       TEXT      NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up')),
    attempts    BIGINT    NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    next_try_at TIMESTAMP NOT NULL,
    ended_at    TIMESTAMP,
    trouble     TEXT
);
CREATE INDEX mails_waiting ON mails (state, next_try_at);

-- Who changed what, when: numbered without gaps, each row holding the hash of the one before, never changed.
CREATE TABLE audit_log (
    id          INTEGER PRIMARY KEY NOT NULL,
    at          TIMESTAMP NOT NULL,
    user_id     BIGINT,
    user_name   TEXT      NOT NULL,
    action      TEXT      NOT NULL,
    object_kind TEXT      NOT NULL,
    object_code TEXT      NOT NULL,
    detail      TEXT      NOT NULL,
    previous    TEXT      NOT NULL,
    hash        TEXT      NOT NULL
);
CREATE INDEX audit_log_object ON audit_log (object_kind, object_code);

CREATE TRIGGER audit_log_not_changed BEFORE UPDATE ON audit_log BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_not_deleted BEFORE DELETE ON audit_log BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- INSERT OR REPLACE deletes without the trigger above; a number that is taken is refused beforehand.
CREATE TRIGGER audit_log_not_replaced BEFORE INSERT ON audit_log WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
