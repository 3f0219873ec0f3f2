-- How the password stands: its owner chose it and it grows old, an administrator gave it and it must be changed at once,
-- or it is printed for the demo city and never asked to change.
ALTER TABLE account ADD COLUMN password_standing text NOT NULL DEFAULT 'chosen'
    CONSTRAINT account_password_standing CHECK (password_standing IN ('chosen', 'given', 'printed'));
-- The second factor (RFC 6238): its secret sealed under a key that is not in the database, since when it is confirmed, and
-- the last step of time whose code was taken.
ALTER TABLE account ADD COLUMN totp_sealed text;
ALTER TABLE account ADD COLUMN totp_since bigint;
ALTER TABLE account ADD COLUMN totp_step bigint NOT NULL DEFAULT 0;
-- Tries are counted by the login that was typed, whether there is such an account or not, so that a lock tells nobody
-- which logins exist.
CREATE TABLE sign_in_try (
    login {ascii} PRIMARY KEY,
    failures bigint NOT NULL,
    locked_until bigint NOT NULL,
    tried_at bigint NOT NULL
);
CREATE INDEX sign_in_try_tried ON sign_in_try (tried_at);
INSERT INTO sign_in_try (login, failures, locked_until, tried_at) SELECT login, failures, locked_until, locked_until FROM account WHERE failures > 0 OR locked_until > 0;
ALTER TABLE account DROP COLUMN failures;
ALTER TABLE account DROP COLUMN locked_until;
-- A way back in when the telephone is lost: each code once, kept as its digest.
CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person (id),
    digest {ascii} NOT NULL,
    used_at bigint,
    PRIMARY KEY (person_id, digest)
);
-- Between the password and the code: no session yet.
CREATE TABLE half_sign_in (
    token_digest {ascii} PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    started_at bigint NOT NULL
);
CREATE INDEX half_sign_in_started ON half_sign_in (started_at);
-- A link by which a person chooses the first password; only its digest is kept, it serves once.
CREATE TABLE invitation (
    token_digest {ascii} PRIMARY KEY,
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
    valid_from {day} NOT NULL,
    valid_to {day} NOT NULL,
    reason text NOT NULL,
    recorded_at bigint NOT NULL,
    ended_at bigint,
    CONSTRAINT stand_in_days CHECK (valid_from < valid_to)
);
CREATE INDEX stand_in_person ON stand_in (person_id, valid_to);
CREATE INDEX stand_in_post ON stand_in (post_id, valid_to);
ALTER TABLE session ADD COLUMN stand_in_id uuid REFERENCES stand_in (id);
