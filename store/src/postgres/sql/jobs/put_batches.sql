INSERT INTO batches (
    gateway_id, id, job_id, leg_id, quantity, remaining, created_at, created_by, completed_at, completed_by
)
SELECT * FROM :rows AS given
ON CONFLICT (id) DO UPDATE SET
    completed_at = excluded.completed_at,
    completed_by = excluded.completed_by
