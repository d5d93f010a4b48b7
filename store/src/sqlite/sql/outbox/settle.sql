INSERT INTO outbox (gateway_id, first_seq, last_seq, outcome, settled_at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (gateway_id, first_seq) DO UPDATE SET
    last_seq = max(last_seq, excluded.last_seq),
    settled_at = excluded.settled_at
