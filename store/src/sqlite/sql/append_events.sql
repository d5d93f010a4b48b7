INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body)
VALUES :rows
