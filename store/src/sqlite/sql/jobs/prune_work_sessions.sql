DELETE FROM work_sessions WHERE job_id IN (SELECT value FROM json_each(?1))
