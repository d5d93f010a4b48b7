DELETE FROM batch_serials
 WHERE batch_id IN (SELECT id FROM batches WHERE job_id IN (SELECT value FROM json_each(?1)))
