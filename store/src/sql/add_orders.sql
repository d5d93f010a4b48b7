INSERT INTO production_orders (gateway_id, id, created_date, name, quantity, status)
VALUES :rows
ON CONFLICT DO NOTHING
