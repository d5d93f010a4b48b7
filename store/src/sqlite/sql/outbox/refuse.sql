INSERT INTO refused_events (gateway_id, seq, refusals, reason, refused_at, quarantined_at)
VALUES :rows
ON CONFLICT (gateway_id, seq) DO UPDATE SET
    refusals = excluded.refusals,
    reason = excluded.reason,
    refused_at = excluded.refused_at,
    quarantined_at = excluded.quarantined_at
