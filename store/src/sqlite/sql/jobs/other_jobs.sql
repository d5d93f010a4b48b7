SELECT production_order_id,
       count(started_at) AS started,
       sum(CASE WHEN state IN ('completed', 'failed', 'cancelled') THEN 0 ELSE 1 END) AS unfinished,
       sum(CASE WHEN state = 'completed' THEN quantity ELSE 0 END) AS completed_quantity
  FROM jobs
 WHERE production_order_id IN (SELECT value FROM json_each(?1)) AND id NOT IN (SELECT value FROM json_each(?2))
 GROUP BY production_order_id
