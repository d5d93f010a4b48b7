INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, id) DO NOTHING
RETURNING gateway_id, id
