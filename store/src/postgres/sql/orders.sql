SELECT name, id, status, quantity, rate_per_hour, product_material_id, start_date, due_date, end_date,
       schedule_priority, location_id, notes
  FROM production_orders
 WHERE gateway_id = $1
   AND (status NOT IN ('CLOSED', 'CANCELLED')
     OR name IN (SELECT jsonb_array_elements_text($2::jsonb))
     OR id IN (SELECT jsonb_array_elements_text($2::jsonb)))
 ORDER BY ordinal
