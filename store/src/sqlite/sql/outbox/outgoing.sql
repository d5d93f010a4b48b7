SELECT seq, event_type, body
  FROM events
 WHERE gateway_id = ?1 AND seq BETWEEN ?2 AND ?3
 ORDER BY seq
 LIMIT ?4
