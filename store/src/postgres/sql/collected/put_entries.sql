INSERT INTO schedules (
    gateway_id, id, created_date, duration_expected, start_date, end_date, quantity, status, location_id, operation_id,
    operation_record_id, production_order_id, priority, production_order, log, seq
)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, id) DO UPDATE SET
    duration_expected = excluded.duration_expected,
    start_date = excluded.start_date,
    end_date = excluded.end_date,
    quantity = excluded.quantity,
    status = excluded.status,
    location_id = excluded.location_id,
    operation_id = excluded.operation_id,
    operation_record_id = excluded.operation_record_id,
    production_order_id = excluded.production_order_id,
    priority = excluded.priority,
    production_order = excluded.production_order,
    log = excluded.log,
    seq = excluded.seq
WHERE (excluded.log, excluded.seq) > (schedules.log, schedules.seq)
