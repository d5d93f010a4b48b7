INSERT INTO station_connections (gateway_id, from_location_id, to_location_id, created_date, type)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, from_location_id, to_location_id) DO UPDATE SET
    type = excluded.type,
    modified_date = excluded.created_date
WHERE station_connections.type <> excluded.type
