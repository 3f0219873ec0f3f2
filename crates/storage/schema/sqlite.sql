-- m0001_audit
-- The audit trail: entries are written in the transaction of the change; seals chain them afterwards.
CREATE TABLE audit_entry (
    id integer PRIMARY KEY AUTOINCREMENT,
    at bigint NOT NULL,
    person_id uuid,
    person text NOT NULL,
    post text NOT NULL,
    address text NOT NULL,
    request text NOT NULL,
    event text NOT NULL,
    subject text NOT NULL,
    summary text NOT NULL,
    place text,
    state_before text,
    state_after text,
    outcome text NOT NULL CONSTRAINT audit_entry_outcome CHECK (outcome IN ('done', 'refused'))
);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_event ON audit_entry (event, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);
CREATE INDEX audit_entry_person ON audit_entry (person_id, id);
CREATE INDEX audit_entry_place ON audit_entry (place, id);
CREATE TRIGGER append_only_audit_entry_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'append_only_audit_entry'); END;
CREATE TRIGGER append_only_audit_entry_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'append_only_audit_entry'); END;

-- One seal covers the entries that became visible since the seal before it. Every entry number up to `last_id` is either
-- covered by a seal, pending (its transaction may still be open) or void (its transaction was rolled back). `digests` holds
-- the SM3 of each covered entry in the order of their numbers, so that a check can name the entry that was altered.
CREATE TABLE audit_seal (
    number bigint PRIMARY KEY,
    sealed_at bigint NOT NULL,
    last_id bigint NOT NULL,
    entries bigint NOT NULL,
    covers text NOT NULL,
    pending text NOT NULL,
    void text NOT NULL,
    digests text NOT NULL,
    previous text NOT NULL,
    head text NOT NULL
);
CREATE INDEX audit_seal_last_id ON audit_seal (last_id, number);
CREATE TRIGGER append_only_audit_seal_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'append_only_audit_seal'); END;
CREATE TRIGGER append_only_audit_seal_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'append_only_audit_seal'); END;

-- Work that only one node does at a time.
CREATE TABLE lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    until bigint NOT NULL
);
-- m0002_places
-- The administrative tree below the city, and what the bureau configures about it.
CREATE TABLE district (
    code text PRIMARY KEY,
    name text NOT NULL,
    gb_code text,
    place text NOT NULL CONSTRAINT district_place UNIQUE,
    position bigint NOT NULL,
    -- Bumped first by every change of clusters in the district, so that such changes stand in line.
    version bigint NOT NULL DEFAULT 0
);
CREATE TABLE street (
    code text PRIMARY KEY,
    name text NOT NULL,
    district_code text NOT NULL REFERENCES district (code)
);
CREATE INDEX street_district ON street (district_code, code);
CREATE TABLE community (
    code text PRIMARY KEY,
    name text NOT NULL,
    street_code text NOT NULL REFERENCES street (code)
);
CREATE INDEX community_street ON community (street_code, code);
-- Outlines are kept as WGS-84 GeoJSON geometry; `note` says where they come from.
CREATE TABLE outline (
    code text PRIMARY KEY,
    level text NOT NULL CONSTRAINT outline_level CHECK (level IN ('district', 'street')),
    geojson text NOT NULL,
    note text NOT NULL
);
CREATE TABLE setting (
    name text PRIMARY KEY,
    content text NOT NULL,
    changed_at bigint NOT NULL
);
-- A dated parameter of the policy, for the whole city ('') or one district.
CREATE TABLE parameter (
    id integer PRIMARY KEY AUTOINCREMENT,
    name text NOT NULL,
    district_code text NOT NULL,
    content text NOT NULL,
    basis text NOT NULL,
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT parameter_days CHECK (valid_from < valid_to)
);
CREATE INDEX parameter_name ON parameter (name, district_code, valid_from);
-- Rest days on working days, and working days on weekends (调休).
CREATE TABLE calendar_day (
    day text PRIMARY KEY,
    kind text NOT NULL CONSTRAINT calendar_day_kind CHECK (kind IN ('rest', 'work')),
    name text NOT NULL,
    source text NOT NULL
);
CREATE TABLE school_term (
    district_code text NOT NULL,
    school_year bigint NOT NULL,
    term bigint NOT NULL,
    begins text NOT NULL,
    ends text NOT NULL,
    PRIMARY KEY (district_code, school_year, term),
    CONSTRAINT school_term_days CHECK (begins < ends)
);
-- m0003_kindergartens
CREATE TABLE kindergarten (
    id uuid PRIMARY KEY,
    register_id text NOT NULL CONSTRAINT kindergarten_register_id UNIQUE,
    recorded_at bigint NOT NULL
);
-- What holds of a kindergarten on the days valid_from <= day < valid_to.
CREATE TABLE kindergarten_state (
    id integer PRIMARY KEY AUTOINCREMENT,
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    cause text NOT NULL,
    place text NOT NULL,
    district_code text NOT NULL REFERENCES district (code),
    street_code text REFERENCES street (code),
    national_code text,
    name text NOT NULL,
    sort_key text NOT NULL,
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
    opened_on text,
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
CREATE TRIGGER no_overlap_kindergarten_state_kindergarten_id_insert AFTER INSERT ON kindergarten_state WHEN EXISTS (SELECT 1 FROM kindergarten_state other WHERE other.kindergarten_id = NEW.kindergarten_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_kindergarten_state_kindergarten_id'); END;
CREATE TRIGGER no_overlap_kindergarten_state_kindergarten_id_update AFTER UPDATE ON kindergarten_state WHEN EXISTS (SELECT 1 FROM kindergarten_state other WHERE other.kindergarten_id = NEW.kindergarten_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_kindergarten_state_kindergarten_id'); END;
-- Papers with a document number. Now: the delegation of a city-run kindergarten as centre (委托书, 2.1.2-6).
CREATE TABLE paper (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT paper_kind CHECK (kind IN ('delegation')),
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    number text NOT NULL,
    dated text NOT NULL,
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT paper_days CHECK (valid_from < valid_to)
);
CREATE INDEX paper_kindergarten ON paper (kindergarten_id, kind, valid_from);
-- An uploaded file with its preview; `content` is the slice's own JSON. A program uploads without a person.
CREATE TABLE import (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT import_kind CHECK (kind IN ('kindergartens', 'clusters')),
    stage text NOT NULL CONSTRAINT import_stage CHECK (stage IN ('previewed', 'applied', 'discarded')),
    place text NOT NULL,
    file_name text NOT NULL,
    file_digest text NOT NULL,
    day text NOT NULL,
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
    content blob NOT NULL
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
-- m0004_clusters
-- A cluster is a dated grouping across streets; no legal person (2.1.2-7), never an enrolment area.
CREATE TABLE cluster (
    id uuid PRIMARY KEY,
    district_code text NOT NULL REFERENCES district (code),
    recorded_at bigint NOT NULL
);
CREATE INDEX cluster_district ON cluster (district_code);
CREATE TABLE cluster_state (
    id integer PRIMARY KEY AUTOINCREMENT,
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    name text NOT NULL,
    sort_key text NOT NULL,
    paper_number text NOT NULL,
    cause text NOT NULL,
    CONSTRAINT cluster_state_days CHECK (valid_from < valid_to)
);
CREATE INDEX cluster_state_cluster ON cluster_state (cluster_id, valid_from);
CREATE INDEX cluster_state_name ON cluster_state (name, valid_to);
CREATE TRIGGER no_overlap_cluster_state_cluster_id_insert AFTER INSERT ON cluster_state WHEN EXISTS (SELECT 1 FROM cluster_state other WHERE other.cluster_id = NEW.cluster_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_cluster_state_cluster_id'); END;
CREATE TRIGGER no_overlap_cluster_state_cluster_id_update AFTER UPDATE ON cluster_state WHEN EXISTS (SELECT 1 FROM cluster_state other WHERE other.cluster_id = NEW.cluster_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_cluster_state_cluster_id'); END;
CREATE TABLE membership (
    id integer PRIMARY KEY AUTOINCREMENT,
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    role text NOT NULL CONSTRAINT membership_role CHECK (role IN ('centre', 'member')),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    paper_number text NOT NULL,
    cause text NOT NULL,
    CONSTRAINT membership_days CHECK (valid_from < valid_to)
);
-- Covering: every list asks in which cluster its kindergartens are.
CREATE INDEX membership_kindergarten ON membership (kindergarten_id, valid_from, valid_to, cluster_id, role);
CREATE INDEX membership_cluster ON membership (cluster_id, valid_to, valid_from, kindergarten_id, role);
CREATE TRIGGER no_overlap_membership_kindergarten_id_insert AFTER INSERT ON membership WHEN EXISTS (SELECT 1 FROM membership other WHERE other.kindergarten_id = NEW.kindergarten_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_membership_kindergarten_id'); END;
CREATE TRIGGER no_overlap_membership_kindergarten_id_update AFTER UPDATE ON membership WHEN EXISTS (SELECT 1 FROM membership other WHERE other.kindergarten_id = NEW.kindergarten_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_membership_kindergarten_id'); END;
-- An approved, expiring departure from an in-principle rule (例外).
CREATE TABLE exception (
    id integer PRIMARY KEY AUTOINCREMENT,
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    rule text NOT NULL,
    reason text NOT NULL,
    approved_by uuid,
    approved_by_name text NOT NULL,
    paper_number text NOT NULL,
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT exception_days CHECK (valid_from < valid_to)
);
CREATE INDEX exception_cluster ON exception (cluster_id, valid_to);
-- What changed clusters after adoption, in the officers' words.
CREATE TABLE amendment (
    id integer PRIMARY KEY AUTOINCREMENT,
    district_code text NOT NULL REFERENCES district (code),
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    kindergarten_id uuid REFERENCES kindergarten (id),
    kind text NOT NULL CONSTRAINT amendment_kind CHECK (kind IN ('admit', 'release', 'transfer', 'centre', 'rename')),
    reason text NOT NULL,
    paper_number text NOT NULL,
    effective_on text NOT NULL,
    made_by uuid,
    made_by_name text NOT NULL,
    made_at bigint NOT NULL
);
CREATE INDEX amendment_cluster ON amendment (cluster_id, effective_on);
CREATE INDEX amendment_district ON amendment (district_code, made_at);
-- m0005_people
CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    sort_key text NOT NULL,
    recorded_at bigint NOT NULL
);
CREATE TABLE account (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    login text NOT NULL CONSTRAINT account_login UNIQUE,
    password_hash text NOT NULL,
    failures bigint NOT NULL,
    locked_until bigint NOT NULL,
    password_changed_at bigint NOT NULL
);
-- A dated appointment; it stands in the city, in a district or in a kindergarten.
CREATE TABLE post (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    kind text NOT NULL,
    district_code text REFERENCES district (code),
    kindergarten_id uuid REFERENCES kindergarten (id),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT post_days CHECK (valid_from < valid_to),
    CONSTRAINT post_scope CHECK (district_code IS NULL OR kindergarten_id IS NULL)
);
CREATE INDEX post_person ON post (person_id, valid_to);
CREATE INDEX post_kindergarten ON post (kindergarten_id, valid_to);
CREATE INDEX post_district ON post (district_code, kind, valid_to);
-- A session holds only the person and the chosen post; rights are computed for each request.
CREATE TABLE session (
    token_digest text PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    post_id uuid REFERENCES post (id),
    started_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    address text NOT NULL,
    agent text NOT NULL
);
CREATE INDEX session_person ON session (person_id, seen_at);
CREATE INDEX session_seen ON session (seen_at);
-- m0006_planning
CREATE TABLE plan (
    id uuid PRIMARY KEY,
    district_code text NOT NULL REFERENCES district (code),
    name text NOT NULL,
    stage text NOT NULL CONSTRAINT plan_stage CHECK (stage IN ('draft', 'submitted', 'approved', 'adopted', 'withdrawn')),
    version bigint NOT NULL,
    drafted_by uuid,
    drafted_by_name text NOT NULL,
    drafted_at bigint NOT NULL,
    paper_number text,
    effective_on text
);
CREATE INDEX plan_district ON plan (district_code, drafted_at);
-- Every version of a plan is kept whole; undo makes a new version with an older content.
CREATE TABLE plan_version (
    plan_id uuid NOT NULL REFERENCES plan (id),
    version bigint NOT NULL,
    content text NOT NULL,
    cause text NOT NULL,
    made_by uuid,
    made_by_name text NOT NULL,
    made_at bigint NOT NULL,
    undo_to bigint,
    redo_to bigint,
    PRIMARY KEY (plan_id, version)
);
CREATE TRIGGER append_only_plan_version_update BEFORE UPDATE ON plan_version BEGIN SELECT RAISE(ABORT, 'append_only_plan_version'); END;
CREATE TRIGGER append_only_plan_version_delete BEFORE DELETE ON plan_version BEGIN SELECT RAISE(ABORT, 'append_only_plan_version'); END;
-- Who submitted, returned, approved, adopted or withdrew a plan, and when.
CREATE TABLE plan_step (
    id integer PRIMARY KEY AUTOINCREMENT,
    plan_id uuid NOT NULL REFERENCES plan (id),
    act text NOT NULL,
    version bigint NOT NULL,
    person_id uuid,
    person_name text NOT NULL,
    post text NOT NULL,
    at bigint NOT NULL,
    remark text NOT NULL
);
CREATE INDEX plan_step_plan ON plan_step (plan_id, id);
-- What a kindergarten answered when it was asked.
CREATE TABLE opinion (
    plan_id uuid NOT NULL REFERENCES plan (id),
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    plan_version bigint NOT NULL,
    answer text CONSTRAINT opinion_answer CHECK (answer IN ('agree', 'disagree')),
    remark text NOT NULL,
    asked_at bigint NOT NULL,
    due_on text NOT NULL,
    answered_by_name text,
    answered_at bigint,
    PRIMARY KEY (plan_id, kindergarten_id)
);
CREATE INDEX opinion_kindergarten ON opinion (kindergarten_id, asked_at);
-- m0007_city_locks
-- What is unique in the whole city is given under one lock each, so that two districts can't take it at the same instant.
-- Whoever gives it bumps the version first; the row stays locked until the transaction ends.
CREATE TABLE city_lock (
    name text PRIMARY KEY,
    version bigint NOT NULL
);
INSERT INTO city_lock (name, version) VALUES ('calendar', 0), ('cluster_names', 0), ('national_codes', 0), ('officers', 0);
-- How many working days were allowed from the day of asking, so that the last of them can be counted anew when a table of
-- working days is loaded. NULL where a day was named.
ALTER TABLE opinion ADD COLUMN working_days bigint;
-- m0008_accounts
-- How the password stands: its owner chose it and it grows old, an administrator gave it and it must be changed at the next
-- sign-in, or there is none yet and an invitation is waited for.
ALTER TABLE account ADD COLUMN password_standing text NOT NULL DEFAULT 'chosen'
    CONSTRAINT account_password_standing CHECK (password_standing IN ('chosen', 'given', 'none'));
UPDATE account SET password_standing = 'none' WHERE password_hash = '!';
-- Passwords that were: none of the last ones is taken again.
CREATE TABLE former_password (
    person_id uuid NOT NULL REFERENCES person (id),
    password_hash text NOT NULL,
    retired_at bigint NOT NULL
);
CREATE INDEX former_password_person ON former_password (person_id, retired_at);
-- Tries are counted by the login that was typed, whether there is such an account or not, so that a lock tells nobody
-- which logins exist; counted when they begin, so that a hundred at once are no more than five.
CREATE TABLE sign_in_try (
    login text PRIMARY KEY,
    failures bigint NOT NULL,
    tried_at bigint NOT NULL
);
CREATE INDEX sign_in_try_tried ON sign_in_try (tried_at);
INSERT INTO sign_in_try (login, failures, tried_at) SELECT login, 5, locked_until - 1800000 FROM account WHERE locked_until > 0;
ALTER TABLE account DROP COLUMN failures;
ALTER TABLE account DROP COLUMN locked_until;
-- A session may still wait for the second factor's code or for a new password; until then it lets nobody in.
ALTER TABLE session ADD COLUMN awaits text
    CONSTRAINT session_awaits CHECK (awaits IN ('code', 'password'));
-- The second factor (RFC 6238): its secret sealed under a key that is not in the database, since when it is confirmed, and
-- the last step of time whose code was taken.
CREATE TABLE second_factor (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    key_id text NOT NULL,
    sealed blob NOT NULL,
    begun_at bigint NOT NULL,
    confirmed_at bigint,
    last_step bigint NOT NULL
);
-- A way back in when the telephone is lost: each code once, kept as its digest.
CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person (id),
    digest text NOT NULL,
    used_at bigint,
    PRIMARY KEY (person_id, digest)
);
-- A link by which a person chooses the first password; only its digest is kept, it serves once.
CREATE TABLE invitation (
    token_digest text PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    made_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);
CREATE INDEX invitation_person ON invitation (person_id);
-- One person's post acted in by another of the same place while its holder is away.
CREATE TABLE stand_in (
    id uuid PRIMARY KEY,
    post_id uuid NOT NULL REFERENCES post (id),
    person_id uuid NOT NULL REFERENCES person (id),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    reason text NOT NULL,
    recorded_at bigint NOT NULL,
    ended_at bigint,
    CONSTRAINT stand_in_days CHECK (valid_from < valid_to)
);
CREATE INDEX stand_in_person ON stand_in (person_id, valid_to);
CREATE INDEX stand_in_post ON stand_in (post_id, valid_to);
ALTER TABLE session ADD COLUMN stand_in_id uuid REFERENCES stand_in (id);
-- m0009_institutions
-- Posts that stand in a cluster, run in terms and rest on letters; committees; party organisations.
ALTER TABLE post ADD COLUMN cluster_id uuid REFERENCES cluster (id)
    CONSTRAINT post_one_scope CHECK (cluster_id IS NULL OR (district_code IS NULL AND kindergarten_id IS NULL));
-- Which term in a row, for posts that run in terms (责任督学).
ALTER TABLE post ADD COLUMN term bigint;
ALTER TABLE post ADD COLUMN paper_number text NOT NULL DEFAULT '';
-- Why it ended before its time; empty while it runs.
ALTER TABLE post ADD COLUMN end_reason text NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN end_paper_number text NOT NULL DEFAULT '';
-- The kindergarten whose seat in the committee the post holds (园长、主持工作): one holder on any day.
ALTER TABLE post ADD COLUMN seat_id uuid;
UPDATE post SET seat_id = kindergarten_id WHERE kind = 'principal';
CREATE INDEX post_cluster ON post (cluster_id, kind, valid_to);
CREATE INDEX post_seat ON post (seat_id, valid_to);
-- What ends soon is asked for by every workbench.
CREATE INDEX post_end ON post (valid_to, kind);
CREATE TRIGGER no_overlap_post_seat_id_insert AFTER INSERT ON post WHEN EXISTS (SELECT 1 FROM post other WHERE other.seat_id = NEW.seat_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_post_seat_id'); END;
CREATE TRIGGER no_overlap_post_seat_id_update AFTER UPDATE ON post WHEN EXISTS (SELECT 1 FROM post other WHERE other.seat_id = NEW.seat_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_post_seat_id'); END;
-- Bumped first by whoever gives the person a post that runs in terms, so that terms in a row are counted one after another.
ALTER TABLE person ADD COLUMN terms_version bigint NOT NULL DEFAULT 0;
-- The committee of a cluster (学区治理委员会): one, with the cluster. Its seats follow from posts and memberships.
CREATE TABLE committee (
    cluster_id uuid PRIMARY KEY REFERENCES cluster (id),
    established_on text NOT NULL,
    paper_number text NOT NULL,
    recorded_at bigint NOT NULL
);
INSERT INTO committee (cluster_id, established_on, paper_number, recorded_at)
    SELECT cs.cluster_id, cs.valid_from, cs.paper_number, cs.recorded_at FROM cluster_state cs
    WHERE cs.valid_from = (SELECT min(e.valid_from) FROM cluster_state e WHERE e.cluster_id = cs.cluster_id);
-- Party organisations (党支部、联合党支部、联合党委), and which kindergarten belongs to which (2.1.3-10).
CREATE TABLE party_organisation (
    id uuid PRIMARY KEY,
    district_code text NOT NULL REFERENCES district (code),
    kind text NOT NULL CONSTRAINT party_kind CHECK (kind IN ('branch', 'joint_branch', 'joint_committee')),
    name text NOT NULL,
    sort_key text NOT NULL,
    paper_number text NOT NULL,
    established_on text NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT party_name UNIQUE (name)
);
CREATE INDEX party_district ON party_organisation (district_code, sort_key);
CREATE TABLE party_membership (
    id integer PRIMARY KEY AUTOINCREMENT,
    organisation_id uuid NOT NULL REFERENCES party_organisation (id),
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT party_membership_days CHECK (valid_from < valid_to)
);
CREATE INDEX party_membership_kindergarten ON party_membership (kindergarten_id, valid_from);
CREATE INDEX party_membership_organisation ON party_membership (organisation_id, valid_to);
CREATE TRIGGER no_overlap_party_membership_kindergarten_id_insert AFTER INSERT ON party_membership WHEN EXISTS (SELECT 1 FROM party_membership other WHERE other.kindergarten_id = NEW.kindergarten_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_party_membership_kindergarten_id'); END;
CREATE TRIGGER no_overlap_party_membership_kindergarten_id_update AFTER UPDATE ON party_membership WHEN EXISTS (SELECT 1 FROM party_membership other WHERE other.kindergarten_id = NEW.kindergarten_id AND other.id <> NEW.id AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to) BEGIN SELECT RAISE(ABORT, 'no_overlap_party_membership_kindergarten_id'); END;
-- m0010_search
-- What the search from anywhere looks through: the texts by which a state of a kindergarten or a person is found, and each of
-- their letters with all its readings. It follows from the row it belongs to; a row without one is read in full and given one
-- after the first search that meets it. Neither a state's texts nor a person's name ever changes; an act that changes a
-- person's name deletes the line.
CREATE TABLE kindergarten_key (
    state_id integer PRIMARY KEY,
    content text NOT NULL
);
CREATE TABLE person_key (
    person_id uuid PRIMARY KEY,
    content text NOT NULL
);
-- m0011_backups
-- Backups that were made and tries that failed: what the system administrator is shown.
CREATE TABLE backup_made (
    id integer PRIMARY KEY AUTOINCREMENT,
    began_at bigint NOT NULL,
    ended_at bigint NOT NULL,
    cause text NOT NULL CONSTRAINT backup_made_cause CHECK (cause IN ('scheduled', 'asked')),
    file_name text NOT NULL,
    bytes bigint NOT NULL,
    row_count bigint NOT NULL,
    -- NULL: the file is not sealed.
    key_id text,
    audit_head text NOT NULL,
    -- NULL: it was made.
    fault text
);
CREATE INDEX backup_made_good ON backup_made (fault, began_at);
-- m0012_phones
-- Telephone numbers by which people may sign in, where the city has a gateway that delivers codes. Sealed; the digest is keyed
-- and tells equality alone: a number is bound to one account.
CREATE TABLE phone (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    phone_key text NOT NULL,
    phone_sealed blob NOT NULL,
    digest text NOT NULL CONSTRAINT phone_digest UNIQUE,
    bound_at bigint NOT NULL
);
-- Codes that were asked for. The number and the code are digests; a code serves the browser that asked for it.
CREATE TABLE phone_code (
    id integer PRIMARY KEY AUTOINCREMENT,
    visitor text NOT NULL,
    purpose text NOT NULL CONSTRAINT phone_code_purpose CHECK (purpose IN ('sign_in', 'bind')),
    phone_digest text NOT NULL,
    code_digest text NOT NULL,
    address text NOT NULL,
    tries bigint NOT NULL,
    sent_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX phone_code_visitor ON phone_code (visitor, id);
CREATE INDEX phone_code_number ON phone_code (phone_digest, sent_at);
CREATE INDEX phone_code_address ON phone_code (address, sent_at);
CREATE INDEX phone_code_sent ON phone_code (sent_at);
-- m0013_staff
-- What holds of a staff member on the days valid_from <= day < valid_to: one person employed in one kindergarten. Read
-- through `staff_known`.
--
-- A file of many thousands is written ahead in bounded statements under a `batch` that is pending, and becomes known all at
-- once when its line in `staff_pending` goes. So the days of one member can't be guarded row by row; instead every change bumps
-- the roll of its kindergarten first, and ends exactly the state that it saw.
CREATE TABLE staff_state (
    id integer PRIMARY KEY AUTOINCREMENT,
    staff_id uuid NOT NULL,
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_at bigint NOT NULL,
    cause text NOT NULL,
    name text NOT NULL,
    sort_key text NOT NULL,
    position text NOT NULL,
    -- The place of the position in its order, for lists.
    position_rank bigint NOT NULL,
    -- Empty: not stated.
    title text NOT NULL,
    education text NOT NULL,
    certificate text NOT NULL,
    backbone bigint NOT NULL CONSTRAINT staff_state_backbone CHECK (backbone IN (0, 1)),
    phone text NOT NULL,
    hired_on text NOT NULL,
    -- 9999-12-31: has not left.
    left_on text NOT NULL,
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
    identity_key text NOT NULL,
    identity_sealed blob NOT NULL,
    digest text NOT NULL,
    -- The digest again while its bearer is employed: nobody is employed twice.
    employed text CONSTRAINT staff_identity_employed UNIQUE,
    batch bigint NOT NULL
);
CREATE INDEX staff_identity_digest ON staff_identity (digest);
CREATE INDEX staff_identity_batch ON staff_identity (batch);
-- Batches that are being written and are not known yet. One whose time is up was left by a program that ended: it is swept, and
-- its line stays with the time 0, so that nothing that is written late becomes known.
CREATE TABLE staff_pending (
    batch integer PRIMARY KEY AUTOINCREMENT,
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
    place text NOT NULL,
    file_name text NOT NULL,
    file_digest text NOT NULL,
    day text NOT NULL,
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
    content blob
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
ALTER TABLE import_file ADD COLUMN content_key text;
ALTER TABLE import_file ADD COLUMN content_sealed blob;
ALTER TABLE import_row_next RENAME TO import_row;
CREATE INDEX import_place ON import (place, uploaded_at);
CREATE INDEX import_row_verdict ON import_row (import_id, verdict, position);
-- m0015_import_kinds
-- What an uploaded file brings is a code of the program, as a kind of post is: a list of codes in the database would have to
-- be written anew, with all kept files, for each kind that comes.
ALTER TABLE import ADD COLUMN brings text NOT NULL DEFAULT '';
UPDATE import SET brings = kind;
ALTER TABLE import DROP COLUMN kind;
ALTER TABLE import RENAME COLUMN brings TO kind;
