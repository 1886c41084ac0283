DROP TABLE notices;
DROP TABLE subscriptions;
ALTER TABLE mails DROP COLUMN unsubscribe;
DROP TABLE mail_attachments;
