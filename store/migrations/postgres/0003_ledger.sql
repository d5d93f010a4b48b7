-- The ledger: what a gateway did, and what it must remember. The tables and columns are those of version 3 on SQLite,
-- with the types of Postgres; `ordinal` says in which order rows came to be, as SQLite knows by itself.
--
-- Ids are ULIDs as 26 characters. Every row says whose it is, and every unique index begins with the gateway.

CREATE TABLE gateways (
    id                         text NOT NULL PRIMARY KEY,
    started_date               timestamptz NOT NULL,
    last_seen_date             timestamptz NOT NULL,
    -- The last committed scan; all null before the first.
    last_scan_sequence         bigint,
    last_scan_monotonic_micros bigint,
    last_scan_wall_micros      bigint,
    -- The last event's number. It outlives the events, so that their numbers stay gapless.
    last_event_seq             bigint NOT NULL DEFAULT 0
);

CREATE TABLE locations (
    gateway_id    text NOT NULL REFERENCES gateways (id),
    id            text NOT NULL,
    enabled       boolean NOT NULL DEFAULT true,
    created_date  timestamptz NOT NULL,
    created_by    text,
    modified_date timestamptz,
    modified_by   text,
    notes         text,
    spare1        text,
    spare2        text,
    spare3        text,
    name          text NOT NULL,
    path          text NOT NULL,
    PRIMARY KEY (gateway_id, id)
);

CREATE TABLE production_orders (
    gateway_id          text NOT NULL REFERENCES gateways (id),
    id                  text NOT NULL,
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
    ordinal             bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (gateway_id, id),
    UNIQUE (gateway_id, name),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id)
);

CREATE TABLE operations (
    gateway_id                              text NOT NULL REFERENCES gateways (id),
    id                                      text NOT NULL,
    enabled                                 boolean NOT NULL,
    created_date                            timestamptz NOT NULL,
    created_by                              text,
    modified_date                           timestamptz,
    modified_by                             text,
    notes                                   text,
    spare1                                  text,
    spare2                                  text,
    spare3                                  text,
    name                                    text NOT NULL,
    auto_add_to_schedule                    boolean NOT NULL,
    expected_duration_calculation_strategy  text NOT NULL,
    expected_duration_expression            text,
    expected_duration_seconds               double precision NOT NULL,
    flush_interval_millis                   bigint NOT NULL,
    production_order_expression             text,
    production_order_resolution_strategy    text NOT NULL,
    production_order_update_strategy        text NOT NULL,
    running_conflict_strategy               text NOT NULL,
    start_production_order_status           text NOT NULL,
    start_trigger_expression                text,
    start_trigger_type                      text NOT NULL,
    status                                  text NOT NULL DEFAULT 'IDLE',
    stop_production_order_status            text NOT NULL,
    stop_trigger_expression                 text,
    stop_trigger_type                       text NOT NULL,
    trigger_source                          text NOT NULL,
    update_production_order_status_on_start boolean NOT NULL,
    update_production_order_status_on_stop  boolean NOT NULL,
    current_operation_record_id             text,
    current_production_order_id             text,
    location_id                             text NOT NULL,
    -- Ours. `configured` is false when the configuration has the operation no more; its records stay.
    configured                              boolean NOT NULL DEFAULT true,
    parent_operation_id                     text,
    fault_trigger_expression                text,
    start_hold_millis                       bigint NOT NULL,
    stop_hold_millis                        bigint NOT NULL,
    start_change_deadband                   double precision NOT NULL,
    stop_change_deadband                    double precision NOT NULL,
    first_scan                              text NOT NULL,
    restart_holdoff_millis                  bigint NOT NULL,
    max_duration_seconds                    double precision NOT NULL,
    running_conflict_scope                  text NOT NULL,
    production_order                        text,
    restart_policy                          text NOT NULL DEFAULT 'RESUME',
    resume_within_seconds                   double precision NOT NULL DEFAULT 0,
    PRIMARY KEY (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id)
);

-- Two operations of one name at one place are never configured at a time; one that was given another
-- id leaves its old row behind.
CREATE UNIQUE INDEX operations_by_name ON operations (gateway_id, location_id, name) WHERE configured;

CREATE TABLE operation_records (
    gateway_id                text NOT NULL REFERENCES gateways (id),
    id                        text NOT NULL,
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
    -- Ours.
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
    PRIMARY KEY (gateway_id, id),
    FOREIGN KEY (gateway_id, operation_id) REFERENCES operations (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id),
    FOREIGN KEY (gateway_id, production_order_id) REFERENCES production_orders (gateway_id, id)
);

-- The rule that a gateway's operation has at most one open record, kept by the database as well.
CREATE UNIQUE INDEX operation_records_open ON operation_records (gateway_id, operation_id) WHERE end_date IS NULL;
CREATE INDEX operation_records_by_operation ON operation_records (gateway_id, operation_id, start_date);
CREATE INDEX operation_records_by_order ON operation_records (gateway_id, production_order_id)
    WHERE production_order_id IS NOT NULL;
CREATE INDEX operation_records_by_parent ON operation_records (gateway_id, parent_record_id)
    WHERE parent_record_id IS NOT NULL;

-- Append-only. `published_at` is null until a broker has taken the event.
CREATE TABLE events (
    gateway_id   text NOT NULL REFERENCES gateways (id),
    seq          bigint NOT NULL,
    id           text NOT NULL,
    event_type   text NOT NULL,
    occurred_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    body         jsonb NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (gateway_id, seq),
    UNIQUE (gateway_id, id)
);

-- What the engine must know besides its next scan. Text and not `jsonb`, because it must come back as it was.
CREATE TABLE retained (
    gateway_id text NOT NULL REFERENCES gateways (id),
    key        text NOT NULL,
    value      text NOT NULL,
    PRIMARY KEY (gateway_id, key)
);

CREATE TABLE materials (
    gateway_id    text NOT NULL REFERENCES gateways (id),
    id            text NOT NULL,
    enabled       boolean NOT NULL DEFAULT true,
    created_date  timestamptz NOT NULL,
    created_by    text,
    modified_date timestamptz,
    modified_by   text,
    notes         text,
    spare1        text,
    spare2        text,
    spare3        text,
    name          text NOT NULL,
    rate_per_hour double precision,
    PRIMARY KEY (gateway_id, id)
);

-- A material that was given another id leaves its old row behind, disabled.
CREATE UNIQUE INDEX materials_by_name ON materials (gateway_id, name) WHERE enabled;

CREATE TABLE material_rates (
    gateway_id    text NOT NULL REFERENCES gateways (id),
    material_id   text NOT NULL,
    location_id   text NOT NULL,
    created_date  timestamptz NOT NULL,
    modified_date timestamptz,
    rate_per_hour double precision NOT NULL,
    PRIMARY KEY (gateway_id, material_id, location_id),
    FOREIGN KEY (gateway_id, material_id) REFERENCES materials (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id)
);

CREATE TABLE schedules (
    gateway_id          text NOT NULL REFERENCES gateways (id),
    id                  text NOT NULL,
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
    -- Ours.
    priority            text NOT NULL,
    production_order    text,
    ordinal             bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (gateway_id, id),
    FOREIGN KEY (gateway_id, operation_id) REFERENCES operations (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id),
    FOREIGN KEY (gateway_id, production_order_id) REFERENCES production_orders (gateway_id, id)
);

CREATE INDEX schedules_by_operation ON schedules (gateway_id, operation_id, start_date);
CREATE INDEX schedules_by_order ON schedules (gateway_id, production_order_id) WHERE production_order_id IS NOT NULL;

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
