-- The schedule, and how fast materials are made.

CREATE TABLE materials (
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
    rate_per_hour REAL,
    PRIMARY KEY (gateway_id, id)
) STRICT;

-- A material that was given another id leaves its old row behind, disabled.
CREATE UNIQUE INDEX materials_by_name ON materials (gateway_id, name) WHERE enabled = 1;

CREATE TABLE material_rates (
    gateway_id    TEXT NOT NULL REFERENCES gateways (id),
    material_id   TEXT NOT NULL,
    location_id   TEXT NOT NULL,
    created_date  TEXT NOT NULL,
    modified_date TEXT,
    rate_per_hour REAL NOT NULL,
    PRIMARY KEY (gateway_id, material_id, location_id),
    FOREIGN KEY (gateway_id, material_id) REFERENCES materials (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id)
) STRICT;

CREATE TABLE schedules (
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
    -- Ours.
    priority            TEXT NOT NULL,
    production_order    TEXT,
    PRIMARY KEY (gateway_id, id),
    FOREIGN KEY (gateway_id, operation_id) REFERENCES operations (gateway_id, id),
    FOREIGN KEY (gateway_id, location_id) REFERENCES locations (gateway_id, id),
    FOREIGN KEY (gateway_id, production_order_id) REFERENCES production_orders (gateway_id, id)
) STRICT;

CREATE INDEX schedules_by_operation ON schedules (gateway_id, operation_id, start_date);
CREATE INDEX schedules_by_order ON schedules (gateway_id, production_order_id) WHERE production_order_id IS NOT NULL;
