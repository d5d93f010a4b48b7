DELETE FROM refused_events
 WHERE gateway_id = ?1 AND seq IN (SELECT value FROM json_each(?2))
