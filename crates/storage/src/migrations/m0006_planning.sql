CREATE TABLE plan (
    id uuid PRIMARY KEY,
    district_code {ascii} NOT NULL REFERENCES district (code),
    name text NOT NULL,
    stage text NOT NULL CONSTRAINT plan_stage CHECK (stage IN ('draft', 'submitted', 'approved', 'adopted', 'withdrawn')),
    version bigint NOT NULL,
    drafted_by uuid,
    drafted_by_name text NOT NULL,
    drafted_at bigint NOT NULL,
    paper_number text,
    effective_on {day}
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
@append_only plan_version;
-- Who submitted, returned, approved, adopted or withdrew a plan, and when.
CREATE TABLE plan_step (
    id {identity},
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
    due_on {day} NOT NULL,
    answered_by_name text,
    answered_at bigint,
    PRIMARY KEY (plan_id, kindergarten_id)
);
CREATE INDEX opinion_kindergarten ON opinion (kindergarten_id, asked_at);
