SELECT gateway_id, id, name, status, quantity
  FROM production_orders
 WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)) OR name IN (SELECT jsonb_array_elements_text($1::jsonb))
 ORDER BY id, gateway_id
   FOR UPDATE
