CREATE TABLE kindergarten (
    id uuid PRIMARY KEY,
    register_id text NOT NULL CONSTRAINT kindergarten_register_id UNIQUE,
    recorded_at bigint NOT NULL
);
-- What holds of a kindergarten on the days valid_from <= day < valid_to.
CREATE TABLE kindergarten_state (
    id {identity},
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    cause text NOT NULL,
    place {ascii} NOT NULL,
    district_code {ascii} NOT NULL REFERENCES district (code),
    street_code {ascii} REFERENCES street (code),
    national_code {ascii},
    name text NOT NULL,
    sort_key {ascii} NOT NULL,
    -- Lists of text, as JSON.
    former_names text NOT NULL,
    former_codes text NOT NULL,
    community text NOT NULL,
    address text NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    source_datum text NOT NULL,
    ownership text NOT NULL CONSTRAINT kindergarten_ownership CHECK (ownership IN ('public', 'inclusive', 'private')),
    -- NULL was not stated and counts as the district.
    run_by text CONSTRAINT kindergarten_run_by CHECK (run_by IN ('city', 'district')),
    grade text NOT NULL CONSTRAINT kindergarten_grade CHECK (grade IN ('provincial', 'municipal', 'district', 'ungraded')),
    -- As exactly as it is known: 2015, 2015-09 or 2015-09-01.
    opened_on {ascii},
    campuses bigint,
    classes bigint,
    capacity bigint,
    children bigint,
    teachers bigint,
    carers bigint,
    other_staff bigint,
    floor_area_m2 bigint,
    status text NOT NULL CONSTRAINT kindergarten_status CHECK (status IN ('open', 'suspended', 'closed')),
    CONSTRAINT kindergarten_state_days CHECK (valid_from < valid_to)
);
CREATE INDEX kindergarten_state_kindergarten ON kindergarten_state (kindergarten_id, valid_from);
CREATE INDEX kindergarten_state_place ON kindergarten_state (place, valid_to, valid_from, status, kindergarten_id, sort_key);
CREATE INDEX kindergarten_state_list ON kindergarten_state (district_code, valid_to, sort_key);
CREATE INDEX kindergarten_state_sorted ON kindergarten_state (sort_key, kindergarten_id);
CREATE INDEX kindergarten_state_code ON kindergarten_state (national_code);
@no_overlap kindergarten_state kindergarten_id;
-- Papers with a document number. Now: the delegation of a city-run kindergarten as centre (委托书, 2.1.2-6).
CREATE TABLE paper (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT paper_kind CHECK (kind IN ('delegation')),
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    number text NOT NULL,
    dated {day} NOT NULL,
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT paper_days CHECK (valid_from < valid_to)
);
CREATE INDEX paper_kindergarten ON paper (kindergarten_id, kind, valid_from);
-- An uploaded file with its preview; `content` is the slice's own JSON. A program uploads without a person.
CREATE TABLE import (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT import_kind CHECK (kind IN ('kindergartens', 'clusters')),
    stage text NOT NULL CONSTRAINT import_stage CHECK (stage IN ('previewed', 'applied', 'discarded')),
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
CREATE INDEX import_place ON import (place, uploaded_at);
-- The file as it came, for the workbook to correct and for a new preview.
CREATE TABLE import_file (
    import_id uuid PRIMARY KEY REFERENCES import (id),
    content {bytes} NOT NULL
);
-- What the preview says of each row, in the order of the file; `content` is the slice's own JSON.
CREATE TABLE import_row (
    import_id uuid NOT NULL REFERENCES import (id),
    position bigint NOT NULL,
    verdict text NOT NULL CONSTRAINT import_row_verdict CHECK (verdict IN ('new', 'changed', 'unchanged', 'refused')),
    warnings bigint NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (import_id, position)
);
CREATE INDEX import_row_verdict ON import_row (import_id, verdict, position);
