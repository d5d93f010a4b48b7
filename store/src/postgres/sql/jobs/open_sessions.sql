SELECT id, job_id, leg_id, operator, started_at, ended_at
  FROM work_sessions
 WHERE job_id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND ended_at IS NULL
 ORDER BY started_at, id
