-- What is unique in the whole city is given under one lock each, so that two districts can't take it at the same instant.
-- Whoever gives it bumps the version first; the row stays locked until the transaction ends.
CREATE TABLE city_lock (
    name {ascii} PRIMARY KEY,
    version bigint NOT NULL
);
INSERT INTO city_lock (name, version) VALUES ('calendar', 0), ('cluster_names', 0), ('national_codes', 0), ('officers', 0);
-- How many working days were allowed from the day of asking, so that the last of them can be counted anew when a table of
-- working days is loaded. NULL where a day was named.
ALTER TABLE opinion ADD COLUMN working_days bigint;
