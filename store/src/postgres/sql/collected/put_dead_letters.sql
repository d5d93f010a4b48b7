INSERT INTO dead_letters (
    id, topic, payload, payload_encoding, payload_bytes, reason, created_date, last_date, times
)
SELECT * FROM :rows AS given
ON CONFLICT (id) DO UPDATE SET
    times = dead_letters.times + excluded.times,
    last_date = excluded.last_date
