-- Open records of a gateway whose legs were cancelled.
SELECT r.id, r.operation_id, l.completed_by
  FROM operation_records AS r
  JOIN job_station_history AS l ON l.operation_record_id = r.id
 WHERE r.gateway_id = $1 AND r.end_date IS NULL AND l.state = 'cancelled'
 ORDER BY r.id
 LIMIT $2
