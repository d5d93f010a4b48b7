-- Jobs: quantities of orders on their way over stations, and what people asked for.
--
-- Jobs belong to the plant: any gateway on the store moves any of them. `gateway_id` says which one made the row; ids are
-- unique without it.

-- Where good parts go on, and where parts go back; as each gateway's configuration says.
CREATE TABLE station_connections (
    gateway_id       TEXT NOT NULL REFERENCES gateways (id),
    from_location_id TEXT NOT NULL,
    to_location_id   TEXT NOT NULL,
    -- feeds_into or rework.
    type             TEXT NOT NULL,
    created_date     TEXT NOT NULL,
    modified_date    TEXT,
    PRIMARY KEY (gateway_id, from_location_id, to_location_id),
    FOREIGN KEY (gateway_id, from_location_id) REFERENCES locations (gateway_id, id),
    FOREIGN KEY (gateway_id, to_location_id) REFERENCES locations (gateway_id, id)
) STRICT;

CREATE TABLE jobs (
    gateway_id                TEXT NOT NULL REFERENCES gateways (id),
    id                        TEXT NOT NULL PRIMARY KEY,
    state                     TEXT NOT NULL,
    -- Any gateway's order of this id is meant.
    production_order_id       TEXT,
    production_order          TEXT,
    quantity                  INTEGER NOT NULL,
    -- Worked out from the legs, for who reads: quantity = in_process + finished + scrap + lost.
    good_parts                INTEGER NOT NULL,
    scrap_parts               INTEGER NOT NULL,
    lost_parts                INTEGER NOT NULL,
    in_process_parts          INTEGER NOT NULL,
    finished_parts            INTEGER NOT NULL,
    assigned_to               TEXT,
    active                    INTEGER NOT NULL,
    active_batch_key          TEXT,
    active_batch_qt           INTEGER,
    -- The serial numbers that the first batch will have, as a JSON array.
    first_serials             TEXT NOT NULL,
    created_at                TEXT NOT NULL,
    created_by                TEXT,
    started_at                TEXT,
    completed_at              TEXT,
    last_online               TEXT,
    last_work_session_started TEXT,
    retry_of                  TEXT,
    error_code                TEXT,
    error_message             TEXT,
    -- How many events there are of it: `events.job_event` of the latest.
    last_event                INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_by_order ON jobs (production_order_id) WHERE production_order_id IS NOT NULL;
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_end ON jobs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX jobs_by_assignee ON jobs (assigned_to, id) WHERE assigned_to IS NOT NULL;

-- The legs: one row for each pass of parts of a job through a station.
CREATE TABLE job_station_history (
    gateway_id          TEXT NOT NULL REFERENCES gateways (id),
    id                  TEXT NOT NULL PRIMARY KEY,
    job_id              TEXT NOT NULL REFERENCES jobs (id),
    -- In which order the legs of a job were posted, from 0.
    ordinal             INTEGER NOT NULL,
    location_id         TEXT NOT NULL,
    station             TEXT NOT NULL,
    -- Which pass of the job through this station it is, from 1.
    entry_number        INTEGER NOT NULL,
    state               TEXT NOT NULL,
    input               INTEGER NOT NULL,
    good                INTEGER NOT NULL,
    scrap               INTEGER NOT NULL,
    rework              INTEGER NOT NULL,
    lost                INTEGER NOT NULL,
    -- How the parts came: CREATED with the job, PASSED or RETURNED by the leg `origin_leg_id`.
    origin              TEXT NOT NULL,
    origin_leg_id       TEXT,
    -- What has it stand while it is paused: PERSON, OFFLINE, or OPERATION and which one.
    pause               TEXT,
    pause_operation_id  TEXT,
    posted_at           TEXT NOT NULL,
    posted_by           TEXT,
    started_at          TEXT,
    started_by          TEXT,
    completed_at        TEXT,
    completed_by        TEXT,
    -- The latest record that drove it, of whichever gateway.
    operation_record_id TEXT,
    UNIQUE (job_id, ordinal),
    UNIQUE (job_id, location_id, entry_number)
) STRICT;

CREATE INDEX job_station_history_unfinished ON job_station_history (location_id, state, posted_at)
    WHERE state IN ('pending', 'running', 'paused', 'queued');
CREATE INDEX job_station_history_by_record ON job_station_history (operation_record_id)
    WHERE operation_record_id IS NOT NULL;

-- Parts of a leg that are handled together.
CREATE TABLE batches (
    gateway_id   TEXT NOT NULL REFERENCES gateways (id),
    id           TEXT NOT NULL PRIMARY KEY,
    job_id       TEXT NOT NULL REFERENCES jobs (id),
    leg_id       TEXT NOT NULL REFERENCES job_station_history (id),
    quantity     INTEGER NOT NULL,
    -- How many parts of the leg were in no batch yet when it was made.
    remaining    INTEGER NOT NULL,
    created_at   TEXT NOT NULL,
    created_by   TEXT,
    completed_at TEXT,
    completed_by TEXT
) STRICT;

CREATE INDEX batches_by_job ON batches (job_id, id);

CREATE TABLE batch_serials (
    batch_id TEXT NOT NULL REFERENCES batches (id),
    ordinal  INTEGER NOT NULL,
    serial   TEXT NOT NULL,
    PRIMARY KEY (batch_id, ordinal)
) STRICT;

-- From an operator's start of a leg to the next interruption.
CREATE TABLE work_sessions (
    gateway_id TEXT NOT NULL REFERENCES gateways (id),
    id         TEXT NOT NULL PRIMARY KEY,
    job_id     TEXT NOT NULL REFERENCES jobs (id),
    leg_id     TEXT NOT NULL REFERENCES job_station_history (id),
    operator   TEXT,
    started_at TEXT NOT NULL,
    ended_at   TEXT
) STRICT;

CREATE INDEX work_sessions_by_job ON work_sessions (job_id, id);
CREATE INDEX work_sessions_by_operator ON work_sessions (operator, id) WHERE operator IS NOT NULL;

-- What operators are to do, in the order of `added_at`.
CREATE TABLE queues (
    gateway_id TEXT NOT NULL REFERENCES gateways (id),
    id         TEXT NOT NULL PRIMARY KEY,
    job_id     TEXT NOT NULL REFERENCES jobs (id),
    operator   TEXT NOT NULL,
    added_at   TEXT NOT NULL,
    UNIQUE (job_id, operator)
) STRICT;

CREATE INDEX queues_by_operator ON queues (operator, added_at, id);

-- What was answered under a key, for a day: the same request again does nothing again.
CREATE TABLE idempotency_keys (
    gateway_id   TEXT NOT NULL REFERENCES gateways (id),
    key          TEXT NOT NULL,
    -- Of what was asked; other contents under the same key are refused.
    digest       TEXT NOT NULL,
    status       INTEGER NOT NULL,
    answer       TEXT NOT NULL,
    created_date TEXT NOT NULL,
    PRIMARY KEY (gateway_id, key)
) STRICT;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (gateway_id, created_date);

-- Who asked for what, and what came of it. Append-only.
CREATE TABLE audit (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway_id TEXT NOT NULL REFERENCES gateways (id),
    at         TEXT NOT NULL,
    actor      TEXT,
    -- HTTP, or SOCKET: the one in the data directory.
    door       TEXT NOT NULL,
    action     TEXT NOT NULL,
    target     TEXT,
    -- That of HTTP, and the name of the error.
    status     INTEGER NOT NULL,
    error      TEXT,
    event_id   TEXT
) STRICT;

CREATE INDEX audit_by_gateway ON audit (gateway_id, number);

-- Events of jobs: their subject makes the topic; a job's events are numbered 1, 2, 3 … whichever gateways made them.
ALTER TABLE events ADD COLUMN subject TEXT;
ALTER TABLE events ADD COLUMN parent_event_id TEXT;
ALTER TABLE events ADD COLUMN job_id TEXT;
ALTER TABLE events ADD COLUMN job_event INTEGER;

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
       sum(input) AS input,
       sum(good) AS good,
       sum(scrap) AS scrap,
       sum(rework) AS rework,
       sum(lost) AS lost
  FROM job_station_history
 GROUP BY location_id, station;
