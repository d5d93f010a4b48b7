SELECT b.id, b.job_id, b.leg_id, l.station, b.quantity, b.created_at, b.created_by, b.completed_at, b.completed_by
  FROM batches AS b
  JOIN job_station_history AS l ON l.id = b.leg_id
 WHERE b.id > $1
   AND ($2 IS NULL OR b.job_id = $2)
   AND ($3 IS NULL OR l.station = $3 OR l.location_id = $3)
 ORDER BY b.id
 LIMIT $4
