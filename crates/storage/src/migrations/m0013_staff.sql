-- What holds of a staff member on the days valid_from <= day < valid_to: one person employed in one kindergarten. Read
-- through `staff_known`.
--
-- A file of many thousands is written ahead in bounded statements under a `batch` that is pending, and becomes known all at
-- once when its line in `staff_pending` goes. So the days of one member can't be guarded row by row; instead every change bumps
-- the roll of its kindergarten first, and ends exactly the state that it saw.
CREATE TABLE staff_state (
    id {identity},
    staff_id uuid NOT NULL,
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    cause text NOT NULL,
    name text NOT NULL,
    sort_key {ascii} NOT NULL,
    position {ascii} NOT NULL,
    -- The place of the position in its order, for lists.
    position_rank bigint NOT NULL,
    -- Empty: not stated.
    title {ascii} NOT NULL,
    education {ascii} NOT NULL,
    certificate {ascii} NOT NULL,
    backbone bigint NOT NULL CONSTRAINT staff_state_backbone CHECK (backbone IN (0, 1)),
    phone text NOT NULL,
    hired_on {day} NOT NULL,
    -- 9999-12-31: has not left.
    left_on {day} NOT NULL,
    -- The state that ends where this one begins, if a batch brings it; else 0.
    replaces bigint NOT NULL,
    -- 0: entered by itself.
    batch bigint NOT NULL,
    CONSTRAINT staff_state_days CHECK (valid_from < valid_to)
);
CREATE INDEX staff_state_staff ON staff_state (staff_id, valid_from);
CREATE INDEX staff_state_kindergarten ON staff_state (kindergarten_id, valid_from);
CREATE INDEX staff_state_sorted ON staff_state (sort_key, staff_id);
CREATE INDEX staff_state_batch ON staff_state (batch);
-- An identity number, sealed with the member's id; the id of the key beside it. `digest` is keyed and tells equality alone.
CREATE TABLE staff_identity (
    staff_id uuid PRIMARY KEY,
    identity_key {ascii} NOT NULL,
    identity_sealed {bytes} NOT NULL,
    digest {ascii} NOT NULL,
    -- The digest again while its bearer is employed: nobody is employed twice.
    employed {ascii} CONSTRAINT staff_identity_employed UNIQUE,
    batch bigint NOT NULL
);
CREATE INDEX staff_identity_digest ON staff_identity (digest);
CREATE INDEX staff_identity_batch ON staff_identity (batch);
-- Batches that are being written and are not known yet. One whose time is up was left by a program that ended: it is swept, and
-- its line stays with the time 0, so that nothing that is written late becomes known.
CREATE TABLE staff_pending (
    batch {identity},
    import_id uuid NOT NULL,
    until bigint NOT NULL
);
-- Bumped first by every change of a kindergarten's staff: such changes stand in line, and a preview knows whether what it
-- compared with still holds.
CREATE TABLE staff_roll (
    kindergarten_id uuid PRIMARY KEY REFERENCES kindergarten (id),
    version bigint NOT NULL
);
CREATE VIEW staff_known AS
    SELECT id, staff_id, kindergarten_id, valid_from, valid_to, recorded_at, cause, name, sort_key, position, position_rank,
        title, education, certificate, backbone, phone, hired_on, left_on, batch
    FROM staff_state WHERE batch NOT IN (SELECT batch FROM staff_pending);
CREATE VIEW staff_identity_known AS
    SELECT staff_id, identity_key, identity_sealed, digest, employed
    FROM staff_identity WHERE batch NOT IN (SELECT batch FROM staff_pending);

-- Uploads bring staff, too, and a large one is prepared in bounded statements before it can be seen: its tables are made anew
-- with these words in their checks.
CREATE TABLE import_next (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT import_kind CHECK (kind IN ('kindergartens', 'clusters', 'staff')),
    stage text NOT NULL CONSTRAINT import_stage CHECK (stage IN ('preparing', 'previewed', 'applied', 'discarded')),
    place {ascii} NOT NULL,
    file_name text NOT NULL,
    file_digest {ascii} NOT NULL,
    day {day} NOT NULL,
    uploaded_by uuid,
    uploaded_by_name text NOT NULL,
    uploaded_at bigint NOT NULL,
    applied_at bigint,
    rows_new bigint NOT NULL,
    rows_changed bigint NOT NULL,
    rows_unchanged bigint NOT NULL,
    rows_refused bigint NOT NULL,
    content text NOT NULL
);
INSERT INTO import_next (id, kind, stage, place, file_name, file_digest, day, uploaded_by, uploaded_by_name, uploaded_at,
        applied_at, rows_new, rows_changed, rows_unchanged, rows_refused, content)
    SELECT id, kind, stage, place, file_name, file_digest, day, uploaded_by, uploaded_by_name, uploaded_at,
        applied_at, rows_new, rows_changed, rows_unchanged, rows_refused, content FROM import;
CREATE TABLE import_file_next (
    import_id uuid PRIMARY KEY REFERENCES import_next (id),
    content {bytes}
);
INSERT INTO import_file_next (import_id, content) SELECT import_id, content FROM import_file;
CREATE TABLE import_row_next (
    import_id uuid NOT NULL REFERENCES import_next (id),
    position bigint NOT NULL,
    verdict text NOT NULL CONSTRAINT import_row_verdict CHECK (verdict IN ('new', 'changed', 'unchanged', 'refused')),
    warnings bigint NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (import_id, position)
);
INSERT INTO import_row_next (import_id, position, verdict, warnings, content)
    SELECT import_id, position, verdict, warnings, content FROM import_row;
DROP TABLE import_row;
DROP TABLE import_file;
DROP TABLE import;
ALTER TABLE import_next RENAME TO import;
ALTER TABLE import_file_next RENAME TO import_file;
-- A file with identity numbers in it is kept sealed; then there is no plain content.
ALTER TABLE import_file ADD COLUMN content_key {ascii};
ALTER TABLE import_file ADD COLUMN content_sealed {bytes};
ALTER TABLE import_row_next RENAME TO import_row;
CREATE INDEX import_place ON import (place, uploaded_at);
CREATE INDEX import_row_verdict ON import_row (import_id, verdict, position);
