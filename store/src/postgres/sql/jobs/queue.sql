SELECT id, job_id, operator, added_at
  FROM queues
 WHERE job_id IN (SELECT jsonb_array_elements_text($1::jsonb))
 ORDER BY added_at, id
