SELECT production_order_id,
       count(started_at) AS started,
       sum(CASE WHEN state IN ('completed', 'failed', 'cancelled') THEN 0 ELSE 1 END)::bigint AS unfinished,
       sum(CASE WHEN state = 'completed' THEN quantity ELSE 0 END)::bigint AS completed_quantity
  FROM jobs
 WHERE production_order_id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND id NOT IN (SELECT jsonb_array_elements_text($2::jsonb))
 GROUP BY production_order_id
