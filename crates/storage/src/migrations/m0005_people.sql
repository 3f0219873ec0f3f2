CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    sort_key {ascii} NOT NULL,
    recorded_at bigint NOT NULL
);
CREATE TABLE account (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    login {ascii} NOT NULL CONSTRAINT account_login UNIQUE,
    password_hash text NOT NULL,
    failures bigint NOT NULL,
    locked_until bigint NOT NULL,
    password_changed_at bigint NOT NULL
);
-- A dated appointment; it stands in the city, in a district or in a kindergarten.
CREATE TABLE post (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    kind {ascii} NOT NULL,
    district_code {ascii} REFERENCES district (code),
    kindergarten_id uuid REFERENCES kindergarten (id),
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT post_days CHECK (valid_from < valid_to),
    CONSTRAINT post_scope CHECK (district_code IS NULL OR kindergarten_id IS NULL)
);
CREATE INDEX post_person ON post (person_id, valid_to);
CREATE INDEX post_kindergarten ON post (kindergarten_id, valid_to);
CREATE INDEX post_district ON post (district_code, kind, valid_to);
-- A session holds only the person and the chosen post; rights are computed for each request.
CREATE TABLE session (
    token_digest {ascii} PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    post_id uuid REFERENCES post (id),
    started_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    address text NOT NULL,
    agent text NOT NULL
);
CREATE INDEX session_person ON session (person_id, seen_at);
CREATE INDEX session_seen ON session (seen_at);
