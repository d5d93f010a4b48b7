SELECT id, job_id, operator, added_at
  FROM queues
 WHERE operator = $1
 ORDER BY added_at, id
 LIMIT $2
