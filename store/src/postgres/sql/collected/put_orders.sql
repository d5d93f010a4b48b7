INSERT INTO production_orders (
    gateway_id, id, created_date, name, status, log, seq
)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, id) DO UPDATE SET
    name = excluded.name,
    status = excluded.status,
    log = excluded.log,
    seq = excluded.seq
WHERE (excluded.log, excluded.seq) > (production_orders.log, production_orders.seq)
