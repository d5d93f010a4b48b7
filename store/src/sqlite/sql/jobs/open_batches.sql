SELECT id, job_id, leg_id, quantity, remaining, created_at, created_by, completed_at, completed_by
  FROM batches
 WHERE job_id IN (SELECT value FROM json_each(?1)) AND completed_at IS NULL
 ORDER BY created_at, id
