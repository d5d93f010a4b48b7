-- What became of the events that were to be published. The log itself stays append-only: what the broker has is told
-- beside it, by ranges, so that a mark costs a row and not a table.

ALTER TABLE events DROP COLUMN published_at;

-- Every event up to this one is settled: published, dropped, purged, or in `refused_events`.
ALTER TABLE gateways ADD COLUMN outbox_seq bigint NOT NULL DEFAULT 0;
-- How many events were dropped by a limit, ever.
ALTER TABLE gateways ADD COLUMN outbox_dropped bigint NOT NULL DEFAULT 0;

-- Settled events, from the first to the last of a range.
CREATE TABLE outbox (
    gateway_id text NOT NULL REFERENCES gateways (id),
    first_seq  bigint NOT NULL,
    last_seq   bigint NOT NULL,
    -- PUBLISHED, DROPPED (by a limit) or PURGED (by a person).
    outcome    text NOT NULL,
    settled_at timestamptz NOT NULL,
    -- Whether the event that tells of it is in the log; only asked of what was dropped.
    is_told    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (gateway_id, first_seq)
);

CREATE INDEX outbox_untold ON outbox (gateway_id, first_seq) WHERE outcome = 'DROPPED' AND NOT is_told;

-- Events that the broker refused: they are tried again until they are quarantined.
CREATE TABLE refused_events (
    gateway_id     text NOT NULL REFERENCES gateways (id),
    seq            bigint NOT NULL,
    refusals       bigint NOT NULL,
    reason         text NOT NULL,
    refused_at     timestamptz NOT NULL,
    quarantined_at timestamptz,
    PRIMARY KEY (gateway_id, seq)
);
