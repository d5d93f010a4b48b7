-- What became of the events that were to be published. The log itself stays append-only: what the broker has is told
-- beside it, by ranges, so that a mark costs a row and not a table.

ALTER TABLE events DROP COLUMN published_at;

-- Every event up to this one is settled: published, dropped, purged, or in `refused_events`.
ALTER TABLE gateways ADD COLUMN outbox_seq INTEGER NOT NULL DEFAULT 0;
-- How many events were dropped by a limit, ever.
ALTER TABLE gateways ADD COLUMN outbox_dropped INTEGER NOT NULL DEFAULT 0;

-- Settled events, from the first to the last of a range.
CREATE TABLE outbox (
    gateway_id TEXT NOT NULL REFERENCES gateways (id),
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    -- PUBLISHED, DROPPED (by a limit) or PURGED (by a person).
    outcome    TEXT NOT NULL,
    settled_at TEXT NOT NULL,
    -- Whether the event that tells of it is in the log; only asked of what was dropped.
    is_told    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (gateway_id, first_seq)
) STRICT;

CREATE INDEX outbox_untold ON outbox (gateway_id, first_seq) WHERE outcome = 'DROPPED' AND is_told = 0;

-- Events that the broker refused: they are tried again until they are quarantined.
CREATE TABLE refused_events (
    gateway_id     TEXT NOT NULL REFERENCES gateways (id),
    seq            INTEGER NOT NULL,
    refusals       INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    refused_at     TEXT NOT NULL,
    quarantined_at TEXT,
    PRIMARY KEY (gateway_id, seq)
) STRICT;
