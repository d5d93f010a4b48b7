SELECT seq, id, event_type, occurred_at, recorded_at, body
  FROM events
 WHERE gateway_id = ?1 AND seq > ?2
 ORDER BY seq
 LIMIT ?3
