SELECT gateway_id, id, name, status, quantity
  FROM production_orders
 WHERE id IN (SELECT value FROM json_each(?1)) OR name IN (SELECT value FROM json_each(?1))
 ORDER BY id, gateway_id
