INSERT INTO materials (gateway_id, id, created_date, name, rate_per_hour)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, id) DO UPDATE SET
    enabled = true,
    name = excluded.name,
    rate_per_hour = excluded.rate_per_hour,
    modified_date = excluded.created_date
WHERE (materials.enabled, materials.name, materials.rate_per_hour)
      IS DISTINCT FROM (true, excluded.name, excluded.rate_per_hour)
