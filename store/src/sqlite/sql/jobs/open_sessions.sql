SELECT id, job_id, leg_id, operator, started_at, ended_at
  FROM work_sessions
 WHERE job_id IN (SELECT value FROM json_each(?1)) AND ended_at IS NULL
 ORDER BY started_at, id
