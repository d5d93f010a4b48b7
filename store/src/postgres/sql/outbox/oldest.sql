SELECT o.first_seq, o.last_seq
  FROM outbox AS o
  JOIN gateways AS g ON g.id = o.gateway_id
 WHERE o.gateway_id = $1
   AND o.settled_at < $2
   AND o.last_seq <= g.outbox_seq
   AND (o.outcome <> 'DROPPED' OR o.is_told)
 ORDER BY o.first_seq
 LIMIT 1
