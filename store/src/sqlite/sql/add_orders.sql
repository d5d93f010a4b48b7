INSERT INTO production_orders (
    gateway_id, id, created_date, name, quantity, status, rate_per_hour, product_material_id
)
VALUES :rows
ON CONFLICT DO NOTHING
