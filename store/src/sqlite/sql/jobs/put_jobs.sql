INSERT INTO jobs (
    gateway_id, id, state, production_order_id, production_order, quantity, good_parts, scrap_parts, lost_parts,
    in_process_parts, finished_parts, assigned_to, active, active_batch_key, active_batch_qt, first_serials,
    created_at, created_by, started_at, completed_at, last_online, last_work_session_started, retry_of, error_code,
    error_message, last_event
)
VALUES :rows
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    production_order_id = excluded.production_order_id,
    production_order = excluded.production_order,
    good_parts = excluded.good_parts,
    scrap_parts = excluded.scrap_parts,
    lost_parts = excluded.lost_parts,
    in_process_parts = excluded.in_process_parts,
    finished_parts = excluded.finished_parts,
    assigned_to = excluded.assigned_to,
    active = excluded.active,
    active_batch_key = excluded.active_batch_key,
    active_batch_qt = excluded.active_batch_qt,
    first_serials = excluded.first_serials,
    started_at = excluded.started_at,
    completed_at = excluded.completed_at,
    last_online = excluded.last_online,
    last_work_session_started = excluded.last_work_session_started,
    error_code = excluded.error_code,
    error_message = excluded.error_message,
    last_event = excluded.last_event
