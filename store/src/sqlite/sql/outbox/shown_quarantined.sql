SELECT e.seq, e.id, e.event_type, e.recorded_at, r.refusals, r.reason, r.quarantined_at
  FROM refused_events AS r
  JOIN events AS e ON e.gateway_id = r.gateway_id AND e.seq = r.seq
 WHERE r.gateway_id = ?1 AND r.quarantined_at IS NOT NULL
 ORDER BY e.seq
 LIMIT ?2
