DELETE FROM job_station_history WHERE job_id IN (SELECT value FROM json_each(?1))
