SELECT id, job_id, operator, added_at
  FROM queues
 WHERE job_id IN (SELECT value FROM json_each(?1))
 ORDER BY added_at, id
