SELECT s.id, s.job_id, s.leg_id, l.station, s.operator, s.started_at, s.ended_at
  FROM work_sessions AS s
  JOIN job_station_history AS l ON l.id = s.leg_id
 WHERE s.id > ?1
   AND (?2 IS NULL OR s.job_id = ?2)
   AND (?3 IS NULL OR s.operator = ?3)
 ORDER BY s.id
 LIMIT ?4
