-- What a name can be typed as: each of its letters with all its readings, for the search from anywhere. It follows from the
-- text alone, so a line is never wrong; a name without one is read in full and given one after the first search that meets it.
CREATE TABLE name_key (
    name text PRIMARY KEY,
    content {ascii} NOT NULL
);
