INSERT INTO retained (gateway_id, key, value)
VALUES :rows
ON CONFLICT (gateway_id, key) DO UPDATE SET value = excluded.value
