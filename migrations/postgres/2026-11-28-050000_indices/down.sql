DROP TABLE index_values;
DROP TABLE indices;
