-- The audit trail: entries are written in the transaction of the change; seals chain them afterwards.
CREATE TABLE audit_entry (
    id {identity},
    at bigint NOT NULL,
    person_id uuid,
    person text NOT NULL,
    post text NOT NULL,
    address text NOT NULL,
    request text NOT NULL,
    event {ascii} NOT NULL,
    subject {ascii} NOT NULL,
    summary text NOT NULL,
    place {ascii},
    state_before text,
    state_after text,
    outcome text NOT NULL CONSTRAINT audit_entry_outcome CHECK (outcome IN ('done', 'refused'))
);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_event ON audit_entry (event, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);
CREATE INDEX audit_entry_person ON audit_entry (person_id, id);
CREATE INDEX audit_entry_place ON audit_entry (place, id);
@append_only audit_entry;

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
    digests {ascii} NOT NULL,
    previous {ascii} NOT NULL,
    head {ascii} NOT NULL
);
CREATE INDEX audit_seal_last_id ON audit_seal (last_id, number);
@append_only audit_seal;

-- Work that only one node does at a time.
CREATE TABLE lease (
    name {ascii} PRIMARY KEY,
    holder text NOT NULL,
    until bigint NOT NULL
);
