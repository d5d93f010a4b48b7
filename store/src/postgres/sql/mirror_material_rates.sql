INSERT INTO material_rates (gateway_id, material_id, location_id, created_date, rate_per_hour)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, material_id, location_id) DO UPDATE SET
    rate_per_hour = excluded.rate_per_hour,
    modified_date = excluded.created_date
WHERE material_rates.rate_per_hour <> excluded.rate_per_hour
