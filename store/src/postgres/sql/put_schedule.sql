WITH entry (
    gateway_id, id, created_date, duration_expected, start_date, end_date, quantity, status, location_id, operation_id,
    operation_record_id, priority, production_order, created_by, modified_date, modified_by
) AS (SELECT * FROM :rows AS given)
INSERT INTO schedules (
    gateway_id, id, created_date, duration_expected, start_date, end_date, quantity, status, location_id, operation_id,
    operation_record_id, priority, production_order, created_by, modified_date, modified_by, production_order_id
)
-- Nothing is joined, so the rows come in the order in which they are given. Only an order that is named is looked for.
SELECT entry.*,
       CASE WHEN entry.production_order IS NOT NULL THEN coalesce(
           (SELECT named.id
              FROM production_orders AS named
             WHERE named.gateway_id = entry.gateway_id AND named.name = entry.production_order),
           (SELECT meant.id
              FROM production_orders AS meant
             WHERE meant.gateway_id = entry.gateway_id AND meant.id = entry.production_order)
       ) END
  FROM entry
ON CONFLICT (gateway_id, id) DO UPDATE SET
    status = excluded.status,
    operation_record_id = excluded.operation_record_id,
    production_order_id = excluded.production_order_id,
    modified_date = coalesce(excluded.modified_date, schedules.modified_date),
    modified_by = CASE WHEN excluded.modified_date IS NULL THEN schedules.modified_by ELSE excluded.modified_by END
