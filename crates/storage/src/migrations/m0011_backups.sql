-- Backups that were made and tries that failed: what the system administrator is shown.
CREATE TABLE backup_made (
    id {identity},
    began_at bigint NOT NULL,
    ended_at bigint NOT NULL,
    cause {ascii} NOT NULL CONSTRAINT backup_made_cause CHECK (cause IN ('scheduled', 'asked')),
    file_name text NOT NULL,
    bytes bigint NOT NULL,
    row_count bigint NOT NULL,
    -- NULL: the file is not sealed.
    key_id {ascii},
    audit_head {ascii} NOT NULL,
    -- NULL: it was made.
    fault text
);
CREATE INDEX backup_made_good ON backup_made (fault, began_at);
