SELECT e.seq, e.id, e.event_type, e.recorded_at, 0::bigint AS refusals, NULL::text AS reason,
       NULL::timestamptz AS quarantined_at
  FROM gateways AS g
  JOIN events AS e ON e.gateway_id = g.id AND e.seq > g.outbox_seq
 WHERE g.id = $1
   AND NOT EXISTS (SELECT 1
                     FROM outbox AS o
                    WHERE o.gateway_id = g.id AND o.last_seq > g.outbox_seq AND e.seq BETWEEN o.first_seq AND o.last_seq)
   AND NOT EXISTS (SELECT 1 FROM refused_events AS r WHERE r.gateway_id = g.id AND r.seq = e.seq)
 ORDER BY e.seq
 LIMIT $2
