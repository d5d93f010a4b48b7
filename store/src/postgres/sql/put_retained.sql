INSERT INTO retained (gateway_id, key, value)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, key) DO UPDATE SET value = excluded.value
