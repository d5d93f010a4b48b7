INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body)
SELECT * FROM :rows AS given
