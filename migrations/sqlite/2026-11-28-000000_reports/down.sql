DROP INDEX responses_open_answers;
ALTER TABLE surveys DROP COLUMN series;
