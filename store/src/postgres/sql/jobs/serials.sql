SELECT batch_id, serial
  FROM batch_serials
 WHERE batch_id IN (SELECT jsonb_array_elements_text($1::jsonb))
 ORDER BY batch_id, ordinal
