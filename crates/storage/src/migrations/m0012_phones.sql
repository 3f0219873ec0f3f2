-- Telephone numbers by which people may sign in, where the city has a gateway that delivers codes. Sealed; the digest is keyed
-- and tells equality alone: a number is bound to one account.
CREATE TABLE phone (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    phone_key {ascii} NOT NULL,
    phone_sealed {bytes} NOT NULL,
    digest {ascii} NOT NULL CONSTRAINT phone_digest UNIQUE,
    bound_at bigint NOT NULL
);
-- Codes that were asked for. The number and the code are digests; a code serves the browser that asked for it.
CREATE TABLE phone_code (
    id {identity},
    visitor {ascii} NOT NULL,
    purpose text NOT NULL CONSTRAINT phone_code_purpose CHECK (purpose IN ('sign_in', 'bind')),
    phone_digest {ascii} NOT NULL,
    code_digest {ascii} NOT NULL,
    address text NOT NULL,
    tries bigint NOT NULL,
    sent_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX phone_code_visitor ON phone_code (visitor, id);
CREATE INDEX phone_code_number ON phone_code (phone_digest, sent_at);
CREATE INDEX phone_code_address ON phone_code (address, sent_at);
CREATE INDEX phone_code_sent ON phone_code (sent_at);
