-- What collectors keep of all gateways: the tables and columns of a gateway's ledger that can be had from its events.
--
-- No row refers to another: events come in any order.

-- How far the log of each gateway is collected.
CREATE TABLE gateways (
    id              TEXT NOT NULL PRIMARY KEY,
    -- Which log it is: one more each time that its numbers began anew.
    log             INTEGER NOT NULL DEFAULT 1,
    -- All events up to this number are there, or told in `lost_events`.
    contiguous_seq  INTEGER NOT NULL DEFAULT 0,
    highest_seq     INTEGER NOT NULL DEFAULT 0,
    -- The numbers between the two that are there: `[[first, last], ...]`.
    above           TEXT NOT NULL DEFAULT '[]',
    -- How many events came; came once more; came after they were given up; were given up.
    events          INTEGER NOT NULL DEFAULT 0,
    repeated        INTEGER NOT NULL DEFAULT 0,
    recovered       INTEGER NOT NULL DEFAULT 0,
    lost            INTEGER NOT NULL DEFAULT 0,
    created_date    TEXT NOT NULL,
    -- When a collector last had an event of it; the time of its latest event.
    heard_date      TEXT,
    last_seen_date  TEXT,
    -- What is missing up to `ripe_seq` may be asked for; at `mark_date` the greatest number was `mark_seq`.
    mark_seq        INTEGER NOT NULL DEFAULT 0,
    mark_date       TEXT,
    ripe_seq        INTEGER NOT NULL DEFAULT 0,
    -- What it was asked for last; without a date nothing.
    asked_first     INTEGER NOT NULL DEFAULT 0,
    asked_last      INTEGER NOT NULL DEFAULT 0,
    asked_date      TEXT,
    asked_requests  INTEGER NOT NULL DEFAULT 0,
    asked_unheard   INTEGER NOT NULL DEFAULT 0,
    asked_missing   INTEGER NOT NULL DEFAULT 0,
    reviewed_date   TEXT NOT NULL,
    -- When it was asked for what came last, and up to which number.
    tail_asked_date TEXT NOT NULL,
    tail_asked_seq  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX gateways_with_gaps ON gateways (id) WHERE contiguous_seq < highest_seq;

-- Events that will not come.
CREATE TABLE lost_events (
    gateway_id TEXT NOT NULL,
    log        INTEGER NOT NULL,
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    -- DROPPED (the gateway says so), BEFORE (nothing below is known: its log begins above), UNANSWERED, TOO_MANY_GAPS.
    reason     TEXT NOT NULL,
    told_date  TEXT NOT NULL,
    PRIMARY KEY (gateway_id, log, first_seq)
) STRICT;

CREATE TABLE events (
    gateway_id   TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    id           TEXT NOT NULL,
    event_type   TEXT NOT NULL,
    occurred_at  TEXT NOT NULL,
    recorded_at  TEXT NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (gateway_id, id)
) STRICT;

CREATE INDEX events_by_number ON events (gateway_id, seq);

-- The greatest revision of each run; of two events with the same one the later.
CREATE TABLE operation_records (
    gateway_id                TEXT NOT NULL,
    id                        TEXT NOT NULL,
    enabled                   INTEGER NOT NULL DEFAULT 1,
    created_date              TEXT NOT NULL,
    created_by                TEXT,
    modified_date             TEXT,
    modified_by               TEXT,
    notes                     TEXT,
    spare1                    TEXT,
    spare2                    TEXT,
    spare3                    TEXT,
    name                      TEXT NOT NULL,
    start_date                TEXT NOT NULL,
    end_date                  TEXT,
    status                    TEXT NOT NULL,
    location_id               TEXT NOT NULL,
    operation_id              TEXT NOT NULL,
    production_order_id       TEXT,
    shift_record_id           TEXT,
    operation                 TEXT NOT NULL,
    location                  TEXT NOT NULL,
    duration_seconds          REAL,
    detected_at               TEXT NOT NULL,
    production_order          TEXT,
    schedule_id               TEXT,
    parent_record_id          TEXT,
    start_reason              TEXT NOT NULL,
    end_reason                TEXT,
    expected_duration_seconds REAL,
    overrun                   INTEGER NOT NULL,
    paused_seconds            REAL NOT NULL,
    detected_after_gap        INTEGER NOT NULL,
    last_seen_date            TEXT,
    captures                  TEXT NOT NULL,
    revision                  INTEGER NOT NULL,
    -- The event that it is as of.
    event_id                  TEXT NOT NULL,
    PRIMARY KEY (gateway_id, id)
) STRICT;

CREATE INDEX operation_records_by_operation ON operation_records (gateway_id, operation_id, start_date);
CREATE INDEX operation_records_open ON operation_records (gateway_id) WHERE end_date IS NULL;
CREATE INDEX operation_records_by_order ON operation_records (gateway_id, production_order_id)
    WHERE production_order_id IS NOT NULL;

-- As of the event with the greatest log and number that tells of it.
CREATE TABLE production_orders (
    gateway_id          TEXT NOT NULL,
    id                  TEXT NOT NULL,
    enabled             INTEGER NOT NULL DEFAULT 1,
    created_date        TEXT NOT NULL,
    created_by          TEXT,
    modified_date       TEXT,
    modified_by         TEXT,
    notes               TEXT,
    spare1              TEXT,
    spare2              TEXT,
    spare3              TEXT,
    name                TEXT NOT NULL,
    start_date          TEXT,
    due_date            TEXT,
    end_date            TEXT,
    quantity            REAL,
    quantity_produced   REAL,
    quantity_scheduled  REAL,
    schedule_priority   TEXT,
    status              TEXT NOT NULL,
    location_id         TEXT,
    product_material_id TEXT,
    rate_per_hour       REAL,
    log                 INTEGER NOT NULL,
    seq                 INTEGER NOT NULL,
    PRIMARY KEY (gateway_id, id)
) STRICT;

CREATE TABLE schedules (
    gateway_id          TEXT NOT NULL,
    id                  TEXT NOT NULL,
    enabled             INTEGER NOT NULL DEFAULT 1,
    created_date        TEXT NOT NULL,
    created_by          TEXT,
    modified_date       TEXT,
    modified_by         TEXT,
    notes               TEXT,
    spare1              TEXT,
    spare2              TEXT,
    spare3              TEXT,
    -- Minutes; null without an end.
    duration_expected   REAL,
    start_date          TEXT NOT NULL,
    end_date            TEXT,
    quantity            REAL,
    status              TEXT NOT NULL,
    location_id         TEXT NOT NULL,
    operation_id        TEXT NOT NULL,
    operation_record_id TEXT,
    production_order_id TEXT,
    priority            TEXT NOT NULL,
    production_order    TEXT,
    log                 INTEGER NOT NULL,
    seq                 INTEGER NOT NULL,
    PRIMARY KEY (gateway_id, id)
) STRICT;

CREATE INDEX schedules_by_operation ON schedules (gateway_id, operation_id, start_date);

-- Messages that tell of nothing that could be kept.
CREATE TABLE dead_letters (
    -- SHA-256 of the message with its topic: one that comes again is counted.
    id               TEXT NOT NULL PRIMARY KEY,
    topic            TEXT NOT NULL,
    -- The payload, or its beginning, as it is or in base 16.
    payload          TEXT NOT NULL,
    payload_encoding TEXT NOT NULL,
    payload_bytes    INTEGER NOT NULL,
    reason           TEXT NOT NULL,
    created_date     TEXT NOT NULL,
    last_date        TEXT NOT NULL,
    times            INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Who collects, and what each has done since it started.
CREATE TABLE collectors (
    id             TEXT NOT NULL PRIMARY KEY,
    started_date   TEXT NOT NULL,
    last_seen_date TEXT NOT NULL,
    is_running     INTEGER NOT NULL,
    events         INTEGER NOT NULL,
    repeated       INTEGER NOT NULL,
    dead_letters   INTEGER NOT NULL,
    requests       INTEGER NOT NULL,
    lost           INTEGER NOT NULL
) STRICT;

-- For people: runs with names and durations.
CREATE VIEW runs AS
SELECT r.gateway_id,
       r.id AS record_id,
       r.location,
       r.operation,
       coalesce(o.name, r.production_order) AS production_order,
       r.status,
       r.start_date,
       r.end_date,
       r.duration_seconds,
       r.duration_seconds - r.paused_seconds AS running_seconds,
       r.expected_duration_seconds,
       r.overrun,
       r.start_reason,
       r.end_reason,
       r.detected_after_gap
  FROM operation_records AS r
  LEFT JOIN production_orders AS o ON o.gateway_id = r.gateway_id AND o.id = r.production_order_id;

-- For people: what was done for each order, also for names that no order has.
CREATE VIEW runs_per_order AS
SELECT r.gateway_id,
       coalesce(o.name, r.production_order) AS production_order,
       o.status AS production_order_status,
       count(*) AS runs,
       sum(r.end_date IS NULL) AS open_runs,
       min(r.start_date) AS first_start_date,
       max(r.end_date) AS last_end_date,
       total(r.duration_seconds) AS duration_seconds,
       total(r.duration_seconds - r.paused_seconds) AS running_seconds
  FROM operation_records AS r
  LEFT JOIN production_orders AS o ON o.gateway_id = r.gateway_id AND o.id = r.production_order_id
 WHERE r.production_order IS NOT NULL
 GROUP BY r.gateway_id, coalesce(o.name, r.production_order), o.status;

-- For people: what runs now, and for how long as the gateway last knew.
CREATE VIEW open_runs AS
SELECT r.gateway_id,
       r.id AS record_id,
       r.location,
       r.operation,
       coalesce(o.name, r.production_order) AS production_order,
       r.status,
       r.start_date,
       round(max(0.0, (julianday(g.last_seen_date) - julianday(r.start_date)) * 86400.0), 3) AS elapsed_seconds,
       r.expected_duration_seconds,
       r.overrun
  FROM operation_records AS r
  JOIN gateways AS g ON g.id = r.gateway_id
  LEFT JOIN production_orders AS o ON o.gateway_id = r.gateway_id AND o.id = r.production_order_id
 WHERE r.end_date IS NULL;
