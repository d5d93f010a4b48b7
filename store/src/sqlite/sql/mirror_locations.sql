INSERT INTO locations (gateway_id, id, created_date, name, path)
VALUES :rows
ON CONFLICT (gateway_id, id) DO UPDATE SET
    name = excluded.name,
    path = excluded.path,
    modified_date = excluded.created_date
WHERE locations.path <> excluded.path
