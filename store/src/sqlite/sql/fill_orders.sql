WITH configured (gateway_id, name, modified_date, quantity, rate_per_hour, product_material_id) AS (VALUES :rows)
UPDATE production_orders
   SET quantity = coalesce(production_orders.quantity, configured.quantity),
       rate_per_hour = coalesce(production_orders.rate_per_hour, configured.rate_per_hour),
       product_material_id = coalesce(production_orders.product_material_id, configured.product_material_id),
       modified_date = configured.modified_date
  FROM configured
 WHERE production_orders.gateway_id = configured.gateway_id
   AND production_orders.name = configured.name
   AND ((production_orders.quantity IS NULL AND configured.quantity IS NOT NULL)
     OR (production_orders.rate_per_hour IS NULL AND configured.rate_per_hour IS NOT NULL)
     OR (production_orders.product_material_id IS NULL AND configured.product_material_id IS NOT NULL))
