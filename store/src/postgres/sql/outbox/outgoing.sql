SELECT seq, coalesce(subject, event_type) AS subject, body::text AS body
  FROM events
 WHERE gateway_id = $1 AND seq BETWEEN $2 AND $3
 ORDER BY seq
 LIMIT $4
