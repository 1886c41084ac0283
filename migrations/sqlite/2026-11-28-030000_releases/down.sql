DROP TABLE release_steps;
DROP TABLE releases;
