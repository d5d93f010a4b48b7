WITH changed (gateway_id, id, status) AS (SELECT * FROM :rows AS given)
UPDATE production_orders
   SET status = changed.status
  FROM changed
 WHERE production_orders.gateway_id = changed.gateway_id AND production_orders.id = changed.id
   AND production_orders.status NOT IN ('CLOSED', 'CANCELLED')
