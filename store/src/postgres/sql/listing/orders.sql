SELECT *
  FROM production_orders
 WHERE gateway_id = $1 AND id > $2
   AND ($3 IS NULL OR name = $3 OR id = $3)
   AND ($4 IS NULL OR status = $4)
 ORDER BY id
 LIMIT $5
