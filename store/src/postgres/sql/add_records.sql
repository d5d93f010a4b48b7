INSERT INTO operation_records (
    gateway_id, id, created_date, created_by, modified_date, modified_by, notes, spare1, spare2, spare3, name,
    start_date, end_date, status, location_id, operation_id, production_order_id, operation, location,
    duration_seconds, detected_at, production_order, schedule_id, parent_record_id, start_reason, end_reason,
    expected_duration_seconds, overrun, paused_seconds, detected_after_gap, last_seen_date, captures, revision
)
SELECT * FROM :rows AS given
