-- What the search from anywhere looks through: the texts by which a state of a kindergarten or a person is found, and each of
-- their letters with all its readings. It follows from the row it belongs to; a row without one is read in full and given one
-- after the first search that meets it. Neither a state's texts nor a person's name ever changes; an act that changes a
-- person's name deletes the line.
CREATE TABLE kindergarten_key (
    state_id {row},
    content text NOT NULL
);
CREATE TABLE person_key (
    person_id uuid PRIMARY KEY,
    content text NOT NULL
);
