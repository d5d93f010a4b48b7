INSERT INTO lost_events (
    gateway_id, log, first_seq, last_seq, reason, told_date
)
VALUES :rows
ON CONFLICT (gateway_id, log, first_seq) DO UPDATE SET
    last_seq = excluded.last_seq,
    reason = excluded.reason,
    told_date = excluded.told_date
