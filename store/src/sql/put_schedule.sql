WITH entry (
    gateway_id, id, created_date, duration_expected, start_date, end_date, quantity, status, location_id, operation_id,
    operation_record_id, priority, production_order
) AS (VALUES :rows)
INSERT INTO schedules (
    gateway_id, id, created_date, duration_expected, start_date, end_date, quantity, status, location_id, operation_id,
    operation_record_id, priority, production_order, production_order_id
)
SELECT entry.*,
       (SELECT o.id
          FROM production_orders AS o
         WHERE o.gateway_id = entry.gateway_id
           AND (o.name = entry.production_order OR o.id = entry.production_order)
         ORDER BY o.name = entry.production_order DESC
         LIMIT 1)
  FROM entry
 WHERE true
ON CONFLICT (gateway_id, id) DO UPDATE SET
    status = excluded.status,
    operation_record_id = excluded.operation_record_id,
    production_order_id = excluded.production_order_id
