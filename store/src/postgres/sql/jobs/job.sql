SELECT gateway_id, id, state, production_order_id, production_order, quantity, good_parts, scrap_parts, lost_parts,
       in_process_parts, finished_parts, assigned_to, active, active_batch_key, active_batch_qt,
       first_serials::text AS first_serials, created_at, created_by, started_at, completed_at, last_online,
       last_work_session_started, retry_of, error_code, error_message, last_event
  FROM jobs
 WHERE id = $1
