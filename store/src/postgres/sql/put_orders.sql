INSERT INTO production_orders (
    gateway_id, id, created_date, created_by, modified_date, modified_by, name, quantity, status, rate_per_hour,
    product_material_id, start_date, due_date, end_date, schedule_priority, location_id, notes
)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, id) DO UPDATE SET
    modified_date = coalesce(excluded.modified_date, production_orders.modified_date),
    modified_by = CASE
        WHEN excluded.modified_date IS NULL THEN production_orders.modified_by
        ELSE excluded.modified_by
    END,
    quantity = excluded.quantity,
    rate_per_hour = excluded.rate_per_hour,
    product_material_id = excluded.product_material_id,
    start_date = excluded.start_date,
    due_date = excluded.due_date,
    end_date = excluded.end_date,
    schedule_priority = excluded.schedule_priority,
    location_id = excluded.location_id,
    notes = excluded.notes
