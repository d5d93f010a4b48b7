-- Of orders that jobs may have changed since: those with jobs under way, or over since then.
SELECT id, name, status
  FROM production_orders
 WHERE gateway_id = ?1
   AND id IN (
       SELECT production_order_id FROM jobs WHERE state IN ('pending', 'running', 'paused', 'queued')
       UNION
       SELECT production_order_id FROM jobs WHERE completed_at >= ?2
   )
 LIMIT ?3
