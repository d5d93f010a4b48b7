-- At every gateway that has the order.
WITH changed (id, status) AS (VALUES :rows)
UPDATE production_orders
   SET status = changed.status
  FROM changed
 WHERE production_orders.id = changed.id AND production_orders.status <> changed.status
