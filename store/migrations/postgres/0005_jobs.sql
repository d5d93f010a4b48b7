-- Jobs: quantities of orders on their way over stations, and what people asked for.
--
-- Jobs belong to the plant: any gateway on the store moves any of them. `gateway_id` says which one made the row; ids are
-- unique without it.

-- Where good parts go on, and where parts go back; as each gateway's configuration says.
CREATE TABLE station_connections (
    gateway_id       text NOT NULL REFERENCES gateways (id),
    from_location_id text NOT NULL,
    to_location_id   text NOT NULL,
    -- feeds_into or rework.
    type             text NOT NULL,
    created_date     timestamptz NOT NULL,
    modified_date    timestamptz,
    PRIMARY KEY (gateway_id, from_location_id, to_location_id),
    FOREIGN KEY (gateway_id, from_location_id) REFERENCES locations (gateway_id, id),
    FOREIGN KEY (gateway_id, to_location_id) REFERENCES locations (gateway_id, id)
);

CREATE TABLE jobs (
    gateway_id                text NOT NULL REFERENCES gateways (id),
    id                        text NOT NULL PRIMARY KEY,
    state                     text NOT NULL,
    -- Any gateway's order of this id is meant.
    production_order_id       text,
    production_order          text,
    quantity                  bigint NOT NULL,
    -- Worked out from the legs, for who reads: quantity = in_process + finished + scrap + lost.
    good_parts                bigint NOT NULL,
    scrap_parts               bigint NOT NULL,
    lost_parts                bigint NOT NULL,
    in_process_parts          bigint NOT NULL,
    finished_parts            bigint NOT NULL,
    assigned_to               text,
    active                    boolean NOT NULL,
    active_batch_key          text,
    active_batch_qt           bigint,
    -- The serial numbers that the first batch will have, as a JSON array.
    first_serials             jsonb NOT NULL,
    created_at                timestamptz NOT NULL,
    created_by                text,
    started_at                timestamptz,
    completed_at              timestamptz,
    last_online               timestamptz,
    last_work_session_started timestamptz,
    retry_of                  text,
    error_code                text,
    error_message             text,
    -- How many events there are of it: `events.job_event` of the latest.
    last_event                bigint NOT NULL
);

CREATE INDEX jobs_by_order ON jobs (production_order_id) WHERE production_order_id IS NOT NULL;
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_end ON jobs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX jobs_by_assignee ON jobs (assigned_to, id) WHERE assigned_to IS NOT NULL;

-- The legs: one row for each pass of parts of a job through a station.
CREATE TABLE job_station_history (
    gateway_id          text NOT NULL REFERENCES gateways (id),
    id                  text NOT NULL PRIMARY KEY,
    job_id              text NOT NULL REFERENCES jobs (id),
    -- In which order the legs of a job were posted, from 0.
    ordinal             bigint NOT NULL,
    location_id         text NOT NULL,
    station             text NOT NULL,
    -- Which pass of the job through this station it is, from 1.
    entry_number        bigint NOT NULL,
    state               text NOT NULL,
    input               bigint NOT NULL,
    good                bigint NOT NULL,
    scrap               bigint NOT NULL,
    rework              bigint NOT NULL,
    lost                bigint NOT NULL,
    -- How the parts came: CREATED with the job, PASSED or RETURNED by the leg `origin_leg_id`.
    origin              text NOT NULL,
    origin_leg_id       text,
    -- What has it stand while it is paused: PERSON, OFFLINE, or OPERATION and which one.
    pause               text,
    pause_operation_id  text,
    posted_at           timestamptz NOT NULL,
    posted_by           text,
    started_at          timestamptz,
    started_by          text,
    completed_at        timestamptz,
    completed_by        text,
    -- The latest record that drove it, of whichever gateway.
    operation_record_id text,
    UNIQUE (job_id, ordinal),
    UNIQUE (job_id, location_id, entry_number)
);

CREATE INDEX job_station_history_unfinished ON job_station_history (location_id, state, posted_at)
    WHERE state IN ('pending', 'running', 'paused', 'queued');
CREATE INDEX job_station_history_by_record ON job_station_history (operation_record_id)
    WHERE operation_record_id IS NOT NULL;

-- Parts of a leg that are handled together.
CREATE TABLE batches (
    gateway_id   text NOT NULL REFERENCES gateways (id),
    id           text NOT NULL PRIMARY KEY,
    job_id       text NOT NULL REFERENCES jobs (id),
    leg_id       text NOT NULL REFERENCES job_station_history (id),
    quantity     bigint NOT NULL,
    -- How many parts of the leg were in no batch yet when it was made.
    remaining    bigint NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text,
    completed_at timestamptz,
    completed_by text
);

CREATE INDEX batches_by_job ON batches (job_id, id);

CREATE TABLE batch_serials (
    batch_id text NOT NULL REFERENCES batches (id),
    ordinal  bigint NOT NULL,
    serial   text NOT NULL,
    PRIMARY KEY (batch_id, ordinal)
);

-- From an operator's start of a leg to the next interruption.
CREATE TABLE work_sessions (
    gateway_id text NOT NULL REFERENCES gateways (id),
    id         text NOT NULL PRIMARY KEY,
    job_id     text NOT NULL REFERENCES jobs (id),
    leg_id     text NOT NULL REFERENCES job_station_history (id),
    operator   text,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz
);

CREATE INDEX work_sessions_by_job ON work_sessions (job_id, id);
CREATE INDEX work_sessions_by_operator ON work_sessions (operator, id) WHERE operator IS NOT NULL;

-- What operators are to do, in the order of `added_at`.
CREATE TABLE queues (
    gateway_id text NOT NULL REFERENCES gateways (id),
    id         text NOT NULL PRIMARY KEY,
    job_id     text NOT NULL REFERENCES jobs (id),
    operator   text NOT NULL,
    added_at   timestamptz NOT NULL,
    UNIQUE (job_id, operator)
);

CREATE INDEX queues_by_operator ON queues (operator, added_at, id);

-- What was answered under a key, for a day: the same request again does nothing again.
CREATE TABLE idempotency_keys (
    gateway_id   text NOT NULL REFERENCES gateways (id),
    key          text NOT NULL,
    -- Of what was asked; other contents under the same key are refused.
    digest       text NOT NULL,
    status       bigint NOT NULL,
    answer       text NOT NULL,
    created_date timestamptz NOT NULL,
    PRIMARY KEY (gateway_id, key)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (gateway_id, created_date);

-- Who asked for what, and what came of it. Append-only.
CREATE TABLE audit (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_id text NOT NULL REFERENCES gateways (id),
    at         timestamptz NOT NULL,
    actor      text,
    -- HTTP, or SOCKET: the one in the data directory.
    door       text NOT NULL,
    action     text NOT NULL,
    target     text,
    -- That of HTTP, and the name of the error.
    status     bigint NOT NULL,
    error      text,
    event_id   text
);

CREATE INDEX audit_by_gateway ON audit (gateway_id, number);

-- Events of jobs: their subject makes the topic; a job's events are numbered 1, 2, 3 … whichever gateways made them.
ALTER TABLE events ADD COLUMN subject text;
ALTER TABLE events ADD COLUMN parent_event_id text;
ALTER TABLE events ADD COLUMN job_id text;
ALTER TABLE events ADD COLUMN job_event bigint;

CREATE UNIQUE INDEX events_by_job ON events (job_id, job_event) WHERE job_id IS NOT NULL;

-- For people: jobs with their legs.
CREATE VIEW jobs_with_legs AS
SELECT j.gateway_id,
       j.id AS job_id,
       j.production_order,
       j.state,
       j.quantity,
       j.good_parts,
       j.scrap_parts,
       j.lost_parts,
       j.in_process_parts,
       j.finished_parts,
       j.assigned_to,
       l.ordinal,
       l.station,
       l.entry_number,
       l.state AS leg_state,
       l.input,
       l.good,
       l.scrap,
       l.rework,
       l.lost,
       l.posted_at,
       l.started_at,
       l.completed_at
  FROM jobs AS j
  JOIN job_station_history AS l ON l.job_id = j.id;

-- For people: where parts get lost and thrown away, over all jobs of the plant.
CREATE VIEW parts_by_station AS
SELECT station,
       count(*) AS legs,
       sum(input)::bigint AS input,
       sum(good)::bigint AS good,
       sum(scrap)::bigint AS scrap,
       sum(rework)::bigint AS rework,
       sum(lost)::bigint AS lost
  FROM job_station_history
 GROUP BY location_id, station;
