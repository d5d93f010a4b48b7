INSERT INTO idempotency_keys (
    gateway_id, key, digest, status, answer, created_date
)
VALUES :rows
ON CONFLICT (gateway_id, key) DO UPDATE SET
    digest = excluded.digest,
    status = excluded.status,
    answer = excluded.answer,
    created_date = excluded.created_date
