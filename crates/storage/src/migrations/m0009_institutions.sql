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
@no_overlap post seat_id;
-- Bumped first by whoever gives the person a post that runs in terms, so that terms in a row are counted one after another.
ALTER TABLE person ADD COLUMN terms_version bigint NOT NULL DEFAULT 0;
-- The committee of a cluster (学区治理委员会): one, with the cluster. Its seats follow from posts and memberships.
CREATE TABLE committee (
    cluster_id uuid PRIMARY KEY REFERENCES cluster (id),
    established_on {day} NOT NULL,
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
    established_on {day} NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT party_name UNIQUE (name)
);
CREATE INDEX party_district ON party_organisation (district_code, sort_key);
CREATE TABLE party_membership (
    id {identity},
    organisation_id uuid NOT NULL REFERENCES party_organisation (id),
    kindergarten_id uuid NOT NULL REFERENCES kindergarten (id),
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT party_membership_days CHECK (valid_from < valid_to)
);
CREATE INDEX party_membership_kindergarten ON party_membership (kindergarten_id, valid_from);
CREATE INDEX party_membership_organisation ON party_membership (organisation_id, valid_to);
@no_overlap party_membership kindergarten_id;
