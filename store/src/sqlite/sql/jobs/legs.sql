SELECT gateway_id, id, job_id, ordinal, location_id, station, entry_number, state, input, good, scrap, rework, lost,
       origin, origin_leg_id, pause, pause_operation_id, posted_at, posted_by, started_at, started_by, completed_at,
       completed_by, operation_record_id
  FROM job_station_history
 WHERE job_id IN (SELECT value FROM json_each(?1))
 ORDER BY job_id, ordinal
