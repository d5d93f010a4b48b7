SELECT job_event, event_type, occurred_at, body
  FROM events
 WHERE job_id = ?1 AND job_event > ?2
 ORDER BY job_event
 LIMIT ?3
