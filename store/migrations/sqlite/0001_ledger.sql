-- The ledger: what a gateway did, and what it must remember.
--
-- Ids are ULIDs as 26 characters. Dates are UTC as RFC 3339 text with six decimals and `Z`, so that
-- they sort as text. Booleans are 0 and 1. Every row says whose it is, and every unique index begins
-- with the gateway.

CREATE TABLE gateways (
    id                         TEXT NOT NULL PRIMARY KEY,
    started_date               TEXT NOT NULL,
    last_seen_date             TEXT NOT NULL,
    -- The last committed scan; all null before the first.
    last_scan_sequence         INTEGER,
    last_scan_monotonic_micros INTEGER,
    last_scan_wall_micros      INTEGER,
    -- The last event's number. It outlives the events, so that their numbers stay gapless.
    last_event_seq             INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE locations (
    gateway_id    TEXT NOT NULL REFERENCES gateways (id),
    id            TEXT NOT NULL,
    enabled       INTEGER NOT NULL DEFAULT 1,
    created_date  TEXT NOT NULL,
    created_by    TEXT,
    modified_date TEXT,
    modified_by   TEXT,
    notes         TEXT,
    spare1        TEXT,
    spare2        TEXT,
    spare3        TEXT,
    name          TEXT NOT NULL,
    path          TEXT NOT NULL,
    PRIMARY KEY (gateway_id, id)
) STRICT;

CREATE TABLE production_orders (
    gateway_id          TEXT NOT NULL REFERENCES gateways (id),
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
    PRIMARY KEY (gateway_id, id),
    UNIQUE (gateway_id, name),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id)
) STRICT;

CREATE TABLE operations (
    gateway_id                              TEXT NOT NULL REFERENCES gateways (id),
    id                                      TEXT NOT NULL,
    enabled                                 INTEGER NOT NULL,
    created_date                            TEXT NOT NULL,
    created_by                              TEXT,
    modified_date                           TEXT,
    modified_by                             TEXT,
    notes                                   TEXT,
    spare1                                  TEXT,
    spare2                                  TEXT,
    spare3                                  TEXT,
    name                                    TEXT NOT NULL,
    auto_add_to_schedule                    INTEGER NOT NULL,
    expected_duration_calculation_strategy  TEXT NOT NULL,
    expected_duration_expression            TEXT,
    expected_duration_seconds               REAL NOT NULL,
    flush_interval_millis                   INTEGER NOT NULL,
    production_order_expression             TEXT,
    production_order_resolution_strategy    TEXT NOT NULL,
    production_order_update_strategy        TEXT NOT NULL,
    running_conflict_strategy               TEXT NOT NULL,
    start_production_order_status           TEXT NOT NULL,
    start_trigger_expression                TEXT,
    start_trigger_type                      TEXT NOT NULL,
    status                                  TEXT NOT NULL DEFAULT 'IDLE',
    stop_production_order_status            TEXT NOT NULL,
    stop_trigger_expression                 TEXT,
    stop_trigger_type                       TEXT NOT NULL,
    trigger_source                          TEXT NOT NULL,
    update_production_order_status_on_start INTEGER NOT NULL,
    update_production_order_status_on_stop  INTEGER NOT NULL,
    current_operation_record_id             TEXT,
    current_production_order_id             TEXT,
    location_id                             TEXT NOT NULL,
    -- Ours. `configured` is 0 when the configuration has the operation no more; its records stay.
    configured                              INTEGER NOT NULL DEFAULT 1,
    parent_operation_id                     TEXT,
    fault_trigger_expression                TEXT,
    start_hold_millis                       INTEGER NOT NULL,
    stop_hold_millis                        INTEGER NOT NULL,
    start_change_deadband                   REAL NOT NULL,
    stop_change_deadband                    REAL NOT NULL,
    first_scan                              TEXT NOT NULL,
    restart_holdoff_millis                  INTEGER NOT NULL,
    max_duration_seconds                    REAL NOT NULL,
    running_conflict_scope                  TEXT NOT NULL,
    production_order                        TEXT,
    PRIMARY KEY (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id)
) STRICT;

-- Two operations of one name at one place are never configured at a time; one that was given another
-- id leaves its old row behind.
CREATE UNIQUE INDEX operations_by_name ON operations (gateway_id, location_id, name) WHERE configured = 1;

CREATE TABLE operation_records (
    gateway_id                TEXT NOT NULL REFERENCES gateways (id),
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
    -- Ours.
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
    PRIMARY KEY (gateway_id, id),
    FOREIGN KEY (gateway_id, operation_id) REFERENCES operations (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id),
    FOREIGN KEY (gateway_id, production_order_id) REFERENCES production_orders (gateway_id, id)
) STRICT;

-- The rule that a gateway's operation has at most one open record, kept by the database as well.
CREATE UNIQUE INDEX operation_records_open ON operation_records (gateway_id, operation_id) WHERE end_date IS NULL;
CREATE INDEX operation_records_by_operation ON operation_records (gateway_id, operation_id, start_date);
CREATE INDEX operation_records_by_order ON operation_records (gateway_id, production_order_id)
    WHERE production_order_id IS NOT NULL;
CREATE INDEX operation_records_by_parent ON operation_records (gateway_id, parent_record_id)
    WHERE parent_record_id IS NOT NULL;

-- Append-only. `published_at` is null until a broker has taken the event.
CREATE TABLE events (
    gateway_id   TEXT NOT NULL REFERENCES gateways (id),
    seq          INTEGER NOT NULL,
    id           TEXT NOT NULL,
    event_type   TEXT NOT NULL,
    occurred_at  TEXT NOT NULL,
    recorded_at  TEXT NOT NULL,
    body         TEXT NOT NULL,
    published_at TEXT,
    PRIMARY KEY (gateway_id, seq),
    UNIQUE (gateway_id, id)
) STRICT;

-- What the engine must know besides its next scan.
CREATE TABLE retained (
    gateway_id TEXT NOT NULL REFERENCES gateways (id),
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (gateway_id, key)
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
