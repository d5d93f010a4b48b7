SELECT id, job_id, leg_id, quantity, remaining, created_at, created_by, completed_at, completed_by
  FROM batches
 WHERE job_id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND completed_at IS NULL
 ORDER BY created_at, id
