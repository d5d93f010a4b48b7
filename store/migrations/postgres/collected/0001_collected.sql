-- What collectors keep of all gateways: the tables and columns of a gateway's ledger that can be had from its events.
--
-- No row refers to another: events come in any order. Every key begins with the gateway, so that tables can be distributed
-- by its hash; what grows for ever is partitioned by the time that is in its ids.

-- How far the log of each gateway is collected.
CREATE TABLE gateways (
    id              text NOT NULL PRIMARY KEY,
    -- Which log it is: one more each time that its numbers began anew.
    log             bigint NOT NULL DEFAULT 1,
    -- All events up to this number are there, or told in `lost_events`.
    contiguous_seq  bigint NOT NULL DEFAULT 0,
    highest_seq     bigint NOT NULL DEFAULT 0,
    -- The numbers between the two that are there: `[[first, last], ...]`.
    above           jsonb NOT NULL DEFAULT '[]',
    -- How many events came; came once more; came after they were given up; were given up.
    events          bigint NOT NULL DEFAULT 0,
    repeated        bigint NOT NULL DEFAULT 0,
    recovered       bigint NOT NULL DEFAULT 0,
    lost            bigint NOT NULL DEFAULT 0,
    created_date    timestamptz NOT NULL,
    -- When a collector last had an event of it; the time of its latest event.
    heard_date      timestamptz,
    last_seen_date  timestamptz,
    -- What is missing up to `ripe_seq` may be asked for; at `mark_date` the greatest number was `mark_seq`.
    mark_seq        bigint NOT NULL DEFAULT 0,
    mark_date       timestamptz,
    ripe_seq        bigint NOT NULL DEFAULT 0,
    -- What it was asked for last; without a date nothing.
    asked_first     bigint NOT NULL DEFAULT 0,
    asked_last      bigint NOT NULL DEFAULT 0,
    asked_date      timestamptz,
    asked_requests  bigint NOT NULL DEFAULT 0,
    asked_unheard   bigint NOT NULL DEFAULT 0,
    asked_missing   bigint NOT NULL DEFAULT 0,
    reviewed_date   timestamptz NOT NULL,
    -- When it was asked for what came last, and up to which number.
    tail_asked_date timestamptz NOT NULL,
    tail_asked_seq  bigint NOT NULL DEFAULT 0
);

CREATE INDEX gateways_with_gaps ON gateways (id) WHERE contiguous_seq < highest_seq;

-- Events that will not come.
CREATE TABLE lost_events (
    gateway_id text NOT NULL,
    log        bigint NOT NULL,
    first_seq  bigint NOT NULL,
    last_seq   bigint NOT NULL,
    -- DROPPED (the gateway says so), BEFORE (nothing below is known: its log begins above), UNANSWERED, TOO_MANY_GAPS.
    reason     text NOT NULL,
    told_date  timestamptz NOT NULL,
    PRIMARY KEY (gateway_id, log, first_seq)
);

CREATE TABLE events (
    gateway_id   text NOT NULL,
    seq          bigint NOT NULL,
    id           text COLLATE "C" NOT NULL,
    event_type   text NOT NULL,
    occurred_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    body         jsonb NOT NULL,
    PRIMARY KEY (gateway_id, id)
) PARTITION BY RANGE (id);

CREATE INDEX events_by_number ON events (gateway_id, seq);

-- The greatest revision of each run; of two events with the same one the later.
CREATE TABLE operation_records (
    gateway_id                text NOT NULL,
    id                        text COLLATE "C" NOT NULL,
    enabled                   boolean NOT NULL DEFAULT true,
    created_date              timestamptz NOT NULL,
    created_by                text,
    modified_date             timestamptz,
    modified_by               text,
    notes                     text,
    spare1                    text,
    spare2                    text,
    spare3                    text,
    name                      text NOT NULL,
    start_date                timestamptz NOT NULL,
    end_date                  timestamptz,
    status                    text NOT NULL,
    location_id               text NOT NULL,
    operation_id              text NOT NULL,
    production_order_id       text,
    shift_record_id           text,
    operation                 text NOT NULL,
    location                  text NOT NULL,
    duration_seconds          double precision,
    detected_at               timestamptz NOT NULL,
    production_order          text,
    schedule_id               text,
    parent_record_id          text,
    start_reason              text NOT NULL,
    end_reason                text,
    expected_duration_seconds double precision,
    overrun                   boolean NOT NULL,
    paused_seconds            double precision NOT NULL,
    detected_after_gap        boolean NOT NULL,
    last_seen_date            timestamptz,
    captures                  jsonb NOT NULL,
    revision                  bigint NOT NULL,
    -- The event that it is as of.
    event_id                  text NOT NULL,
    PRIMARY KEY (gateway_id, id)
) PARTITION BY RANGE (id);

CREATE INDEX operation_records_by_operation ON operation_records (gateway_id, operation_id, start_date);
CREATE INDEX operation_records_open ON operation_records (gateway_id) WHERE end_date IS NULL;
CREATE INDEX operation_records_by_order ON operation_records (gateway_id, production_order_id)
    WHERE production_order_id IS NOT NULL;

-- As of the event with the greatest log and number that tells of it.
CREATE TABLE production_orders (
    gateway_id          text NOT NULL,
    id                  text COLLATE "C" NOT NULL,
    enabled             boolean NOT NULL DEFAULT true,
    created_date        timestamptz NOT NULL,
    created_by          text,
    modified_date       timestamptz,
    modified_by         text,
    notes               text,
    spare1              text,
    spare2              text,
    spare3              text,
    name                text NOT NULL,
    start_date          timestamptz,
    due_date            timestamptz,
    end_date            timestamptz,
    quantity            double precision,
    quantity_produced   double precision,
    quantity_scheduled  double precision,
    schedule_priority   text,
    status              text NOT NULL,
    location_id         text,
    product_material_id text,
    rate_per_hour       double precision,
    log                 bigint NOT NULL,
    seq                 bigint NOT NULL,
    PRIMARY KEY (gateway_id, id)
);

CREATE TABLE schedules (
    gateway_id          text NOT NULL,
    id                  text COLLATE "C" NOT NULL,
    enabled             boolean NOT NULL DEFAULT true,
    created_date        timestamptz NOT NULL,
    created_by          text,
    modified_date       timestamptz,
    modified_by         text,
    notes               text,
    spare1              text,
    spare2              text,
    spare3              text,
    -- Minutes; null without an end.
    duration_expected   double precision,
    start_date          timestamptz NOT NULL,
    end_date            timestamptz,
    quantity            double precision,
    status              text NOT NULL,
    location_id         text NOT NULL,
    operation_id        text NOT NULL,
    operation_record_id text,
    production_order_id text,
    priority            text NOT NULL,
    production_order    text,
    log                 bigint NOT NULL,
    seq                 bigint NOT NULL,
    PRIMARY KEY (gateway_id, id)
);

CREATE INDEX schedules_by_operation ON schedules (gateway_id, operation_id, start_date);

-- Whatever lies beyond the months that have partitions of their own.
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE TABLE operation_records_other PARTITION OF operation_records DEFAULT;

-- Messages that tell of nothing that could be kept.
CREATE TABLE dead_letters (
    -- SHA-256 of the message with its topic: one that comes again is counted.
    id               text NOT NULL PRIMARY KEY,
    topic            text NOT NULL,
    -- The payload, or its beginning, as it is or in base 16.
    payload          text NOT NULL,
    payload_encoding text NOT NULL,
    payload_bytes    bigint NOT NULL,
    reason           text NOT NULL,
    created_date     timestamptz NOT NULL,
    last_date        timestamptz NOT NULL,
    times            bigint NOT NULL DEFAULT 1,
    ordinal          bigint GENERATED ALWAYS AS IDENTITY
);

CREATE INDEX dead_letters_in_order ON dead_letters (ordinal);

-- Who collects, and what each has done since it started.
CREATE TABLE collectors (
    id             text NOT NULL PRIMARY KEY,
    started_date   timestamptz NOT NULL,
    last_seen_date timestamptz NOT NULL,
    is_running     boolean NOT NULL,
    events         bigint NOT NULL,
    repeated       bigint NOT NULL,
    dead_letters   bigint NOT NULL,
    requests       bigint NOT NULL,
    lost           bigint NOT NULL
);

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
       count(*) FILTER (WHERE r.end_date IS NULL) AS open_runs,
       min(r.start_date) AS first_start_date,
       max(r.end_date) AS last_end_date,
       coalesce(sum(r.duration_seconds), 0) AS duration_seconds,
       coalesce(sum(r.duration_seconds - r.paused_seconds), 0) AS running_seconds
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
       greatest(0.0, extract(epoch FROM g.last_seen_date - r.start_date))::double precision AS elapsed_seconds,
       r.expected_duration_seconds,
       r.overrun
  FROM operation_records AS r
  JOIN gateways AS g ON g.id = r.gateway_id
  LEFT JOIN production_orders AS o ON o.gateway_id = r.gateway_id AND o.id = r.production_order_id
 WHERE r.end_date IS NULL;
