SELECT seq, refusals, reason
  FROM refused_events
 WHERE gateway_id = ?1 AND quarantined_at IS NULL
 ORDER BY seq
 LIMIT ?2
