-- Waves of a repeated survey, which are compared in time.
ALTER TABLE surveys ADD COLUMN series TEXT;

-- The latest open answers of a survey, without reading the closed ones.
CREATE INDEX responses_open_answers ON responses (survey_id, submitted_at) WHERE extra IS NOT NULL;
