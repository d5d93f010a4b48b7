INSERT INTO dead_letters (
    id, topic, payload, payload_encoding, payload_bytes, reason, created_date, last_date, times
)
VALUES :rows
ON CONFLICT (id) DO UPDATE SET
    times = dead_letters.times + excluded.times,
    last_date = excluded.last_date
