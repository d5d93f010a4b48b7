DELETE FROM events
 WHERE gateway_id = $1
   AND seq BETWEEN $2 AND $3
   AND seq NOT IN (SELECT seq FROM refused_events WHERE gateway_id = $1 AND seq BETWEEN $2 AND $3)
