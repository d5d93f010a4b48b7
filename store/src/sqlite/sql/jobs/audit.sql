SELECT number, gateway_id, at, actor, door, action, target, status, error, event_id
  FROM audit
 WHERE gateway_id = ?1 AND number > ?2
 ORDER BY number
 LIMIT ?3
