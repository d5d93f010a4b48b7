SELECT gateway_id, id, state, production_order_id, production_order, quantity, good_parts, scrap_parts, lost_parts,
       in_process_parts, finished_parts, assigned_to, active, active_batch_key, active_batch_qt,
       first_serials, created_at, created_by, started_at, completed_at, last_online,
       last_work_session_started, retry_of, error_code, error_message, last_event
  FROM jobs
 WHERE id > ?1
   AND (?2 IS NULL OR state = ?2)
   AND (?3 IS NULL OR production_order = ?3 OR production_order_id = ?3)
   AND (?4 IS NULL OR assigned_to = ?4)
   AND (?5 IS NULL OR EXISTS (
       SELECT 1 FROM job_station_history AS l
        WHERE l.job_id = jobs.id AND (l.station = ?5 OR l.location_id = ?5)
          AND l.state IN ('pending', 'running', 'paused', 'queued')
   ))
 ORDER BY id
 LIMIT ?6
