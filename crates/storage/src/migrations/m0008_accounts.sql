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
    login {ascii} PRIMARY KEY,
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
    key_id {ascii} NOT NULL,
    sealed {bytes} NOT NULL,
    begun_at bigint NOT NULL,
    confirmed_at bigint,
    last_step bigint NOT NULL
);
-- A way back in when the telephone is lost: each code once, kept as its digest.
CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person (id),
    digest {ascii} NOT NULL,
    used_at bigint,
    PRIMARY KEY (person_id, digest)
);
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
