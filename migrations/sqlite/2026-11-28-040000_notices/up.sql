-- Files that go with a mail, deleted with its text; an address at which its reader can unsubscribe.
CREATE TABLE mail_attachments (
    mail         BIGINT NOT NULL REFERENCES mails (id),
    position     BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    content_type TEXT   NOT NULL,
    bytes        BLOB NOT NULL,
    PRIMARY KEY (mail, position)
);
ALTER TABLE mails ADD COLUMN unsubscribe TEXT;

-- What people want to be told by mail: about a survey or all surveys of a series, in a unit and below it (empty: all their own units). Rows are never
-- deleted, so that the link in an old mail never leads to another subscription.
CREATE TABLE subscriptions (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT    NOT NULL REFERENCES users (id),
    kind       TEXT      NOT NULL CHECK (kind IN ('digest', 'release', 'alert')),
    about      TEXT      NOT NULL CHECK (about IN ('survey', 'series')),
    code       TEXT      NOT NULL,
    unit       TEXT      NOT NULL,
    created_at TIMESTAMP NOT NULL,
    ended_at   TIMESTAMP,
    UNIQUE (user_id, kind, about, code)
);

-- What was told: the key makes each happen once, whoever tries. Of the unsubscribing link's token only the digest.
CREATE TABLE notices (
    user_id         BIGINT    NOT NULL REFERENCES users (id),
    kind            TEXT      NOT NULL,
    survey_id       BIGINT    NOT NULL REFERENCES surveys (id),
    object          TEXT      NOT NULL,
    period          TEXT      NOT NULL,
    subscription_id BIGINT    NOT NULL REFERENCES subscriptions (id),
    token_digest    TEXT      NOT NULL,
    made_at         TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, kind, survey_id, object, period)
);
CREATE INDEX notices_token ON notices (token_digest);
