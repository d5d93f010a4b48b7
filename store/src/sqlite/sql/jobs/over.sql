-- Jobs of a gateway that ended before a time. Those of an order that goes on are counted by it, and stay.
SELECT id
  FROM jobs
 WHERE gateway_id = ?1
   AND completed_at < ?2
   AND state IN ('completed', 'failed', 'cancelled')
   AND NOT EXISTS (
       SELECT 1 FROM production_orders AS o
        WHERE o.gateway_id IN (SELECT g.id FROM gateways AS g)
          AND o.id = jobs.production_order_id
          AND o.status NOT IN ('CLOSED', 'CANCELLED')
   )
 ORDER BY completed_at, id
 LIMIT ?3
