INSERT INTO operation_records (
    gateway_id, id, created_date, created_by, modified_date, modified_by, notes, name,
    start_date, end_date, status, location_id, operation_id, production_order_id, operation, location,
    duration_seconds, detected_at, production_order, schedule_id, parent_record_id, start_reason, end_reason,
    expected_duration_seconds, overrun, paused_seconds, detected_after_gap, last_seen_date, captures, revision,
    event_id
)
SELECT * FROM :rows AS given
ON CONFLICT (gateway_id, id) DO UPDATE SET
    created_by = excluded.created_by,
    modified_date = excluded.modified_date,
    modified_by = excluded.modified_by,
    notes = excluded.notes,
    start_date = excluded.start_date,
    end_date = excluded.end_date,
    status = excluded.status,
    production_order_id = excluded.production_order_id,
    duration_seconds = excluded.duration_seconds,
    detected_at = excluded.detected_at,
    production_order = excluded.production_order,
    schedule_id = excluded.schedule_id,
    parent_record_id = excluded.parent_record_id,
    start_reason = excluded.start_reason,
    end_reason = excluded.end_reason,
    expected_duration_seconds = excluded.expected_duration_seconds,
    overrun = excluded.overrun,
    paused_seconds = excluded.paused_seconds,
    detected_after_gap = excluded.detected_after_gap,
    last_seen_date = excluded.last_seen_date,
    captures = excluded.captures,
    revision = excluded.revision,
    event_id = excluded.event_id
WHERE (excluded.revision, excluded.event_id) > (operation_records.revision, operation_records.event_id)
