SELECT id, operation, location, status, start_date, end_date, duration_seconds, detected_at, production_order,
       production_order_id, start_reason, end_reason, expected_duration_seconds, overrun, paused_seconds,
       detected_after_gap, parent_record_id, captures, revision
  FROM operation_records
 WHERE gateway_id = ?1 AND id = ?2
