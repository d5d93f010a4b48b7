INSERT INTO events (
    gateway_id, seq, id, event_type, occurred_at, recorded_at, body, subject, parent_event_id, job_id, job_event
)
VALUES :rows
