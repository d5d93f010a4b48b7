INSERT INTO work_sessions (
    gateway_id, id, job_id, leg_id, operator, started_at, ended_at
)
VALUES :rows
ON CONFLICT (id) DO UPDATE SET
    ended_at = excluded.ended_at
