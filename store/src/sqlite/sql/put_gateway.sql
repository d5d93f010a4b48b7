INSERT INTO gateways (id, started_date, last_seen_date)
VALUES (?1, ?2, ?2)
ON CONFLICT (id) DO UPDATE SET started_date = excluded.started_date
