-- The administrative tree below the city, and what the bureau configures about it.
CREATE TABLE district (
    code {ascii} PRIMARY KEY,
    name text NOT NULL,
    gb_code {ascii},
    place {ascii} NOT NULL CONSTRAINT district_place UNIQUE,
    position bigint NOT NULL,
    -- Bumped first by every change of clusters in the district, so that such changes stand in line.
    version bigint NOT NULL DEFAULT 0
);
CREATE TABLE street (
    code {ascii} PRIMARY KEY,
    name text NOT NULL,
    district_code {ascii} NOT NULL REFERENCES district (code)
);
CREATE INDEX street_district ON street (district_code, code);
CREATE TABLE community (
    code {ascii} PRIMARY KEY,
    name text NOT NULL,
    street_code {ascii} NOT NULL REFERENCES street (code)
);
CREATE INDEX community_street ON community (street_code, code);
-- Outlines are kept as WGS-84 GeoJSON geometry; `note` says where they come from.
CREATE TABLE outline (
    code {ascii} PRIMARY KEY,
    level text NOT NULL CONSTRAINT outline_level CHECK (level IN ('district', 'street')),
    geojson text NOT NULL,
    note text NOT NULL
);
CREATE TABLE setting (
    name {ascii} PRIMARY KEY,
    content text NOT NULL,
    changed_at bigint NOT NULL
);
-- A dated parameter of the policy, for the whole city ('') or one district.
CREATE TABLE parameter (
    id {identity},
    name {ascii} NOT NULL,
    district_code {ascii} NOT NULL,
    content text NOT NULL,
    basis text NOT NULL,
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    recorded_at bigint NOT NULL,
    CONSTRAINT parameter_days CHECK (valid_from < valid_to)
);
CREATE INDEX parameter_name ON parameter (name, district_code, valid_from);
-- Rest days on working days, and working days on weekends (调休).
CREATE TABLE calendar_day (
    day {day} PRIMARY KEY,
    kind text NOT NULL CONSTRAINT calendar_day_kind CHECK (kind IN ('rest', 'work')),
    name text NOT NULL,
    source text NOT NULL
);
CREATE TABLE school_term (
    district_code {ascii} NOT NULL,
    school_year bigint NOT NULL,
    term bigint NOT NULL,
    begins {day} NOT NULL,
    ends {day} NOT NULL,
    PRIMARY KEY (district_code, school_year, term),
    CONSTRAINT school_term_days CHECK (begins < ends)
);
