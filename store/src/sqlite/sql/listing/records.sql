SELECT id, operation, location, status, start_date, end_date, duration_seconds, detected_at, production_order,
       production_order_id, start_reason, end_reason, expected_duration_seconds, overrun, paused_seconds,
       detected_after_gap, parent_record_id, captures, revision
  FROM operation_records
 WHERE gateway_id = ?1 AND id > ?2
   AND (?3 IS NULL OR operation = ?3 OR operation_id = ?3 OR location || ':' || operation = ?3)
   AND (?4 IS NULL OR location = ?4 OR location_id = ?4)
   AND (?5 IS NULL OR production_order = ?5 OR production_order_id = ?5)
   AND (?6 IS NULL OR status = ?6)
   AND (?7 IS NULL OR start_date >= ?7)
   AND (?8 IS NULL OR start_date < ?8)
 ORDER BY id
 LIMIT ?9
