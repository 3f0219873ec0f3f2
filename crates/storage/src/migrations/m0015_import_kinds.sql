-- What an uploaded file brings is a code of the program, as a kind of post is: a list of codes in the database would have to
-- be written anew, with all kept files, for each kind that comes.
ALTER TABLE import ADD COLUMN brings {ascii} NOT NULL DEFAULT '';
UPDATE import SET brings = kind;
ALTER TABLE import DROP COLUMN kind;
ALTER TABLE import RENAME COLUMN brings TO kind;
