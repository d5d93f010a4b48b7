DELETE FROM batch_serials
 WHERE batch_id IN (SELECT id FROM batches WHERE job_id IN (SELECT jsonb_array_elements_text($1::jsonb)))
