SELECT seq
  FROM refused_events
 WHERE gateway_id = ?1
   AND quarantined_at IS NOT NULL
   AND (?2 = 'null' OR seq IN (SELECT value FROM json_each(?2)))
 ORDER BY seq
 LIMIT ?3
