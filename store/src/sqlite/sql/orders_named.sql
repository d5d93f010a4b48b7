SELECT name, id, status, quantity, rate_per_hour, product_material_id
  FROM production_orders
 WHERE gateway_id = ?1
   AND (name IN (SELECT value FROM json_each(?2)) OR id IN (SELECT value FROM json_each(?2)))
 ORDER BY rowid
