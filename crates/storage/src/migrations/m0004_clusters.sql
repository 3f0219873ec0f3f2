-- A cluster is a dated grouping across streets; no legal person (2.1.2-7), never an enrolment area.
CREATE TABLE cluster (
    id uuid PRIMARY KEY,
    district_code {ascii} NOT NULL REFERENCES district (code),
    recorded_at bigint NOT NULL
);
CREATE INDEX cluster_district ON cluster (district_code);
CREATE TABLE cluster_state (
    id {identity},
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    name text NOT NULL,
    sort_key {ascii} NOT NULL,
    paper_number text NOT NULL,
    cause text NOT NULL,
    CONSTRAINT cluster_state_days CHECK (valid_from < valid_to)
);
CREATE INDEX cluster_state_cluster ON cluster_state (cluster_id, valid_from);
CREATE INDEX cluster_state_name ON cluster_state (name, valid_to);
@no_overlap cluster_state cluster_id;
CREATE TABLE membership (
    id {identity},
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    role text NOT NULL CONSTRAINT membership_role CHECK (role IN ('centre', 'member')),
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    paper_number text NOT NULL,
    cause text NOT NULL,
    CONSTRAINT membership_days CHECK (valid_from < valid_to)
);
-- Covering: every list asks in which cluster its kindergartens are.
CREATE INDEX membership_kindergarten ON membership (kindergarten_id, valid_from, valid_to, cluster_id, role);
CREATE INDEX membership_cluster ON membership (cluster_id, valid_to, valid_from, kindergarten_id, role);
@no_overlap membership kindergarten_id;
-- An approved, expiring departure from an in-principle rule (例外).
CREATE TABLE exception (
    id {identity},
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    rule text NOT NULL,
    reason text NOT NULL,
    approved_by uuid,
    approved_by_name text NOT NULL,
    paper_number text NOT NULL,
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT exception_days CHECK (valid_from < valid_to)
);
CREATE INDEX exception_cluster ON exception (cluster_id, valid_to);
-- What changed clusters after adoption, in the officers' words.
CREATE TABLE amendment (
    id {identity},
    district_code {ascii} NOT NULL REFERENCES district (code),
    cluster_id uuid NOT NULL REFERENCES cluster (id),
    kindergarten_id uuid REFERENCES kindergarten (id),
    kind text NOT NULL CONSTRAINT amendment_kind CHECK (kind IN ('admit', 'release', 'transfer', 'centre', 'rename')),
    reason text NOT NULL,
    paper_number text NOT NULL,
    effective_on {day} NOT NULL,
    made_by uuid,
    made_by_name text NOT NULL,
    made_at bigint NOT NULL
);
CREATE INDEX amendment_cluster ON amendment (cluster_id, effective_on);
CREATE INDEX amendment_district ON amendment (district_code, made_at);
