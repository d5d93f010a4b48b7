SELECT batch_id, serial
  FROM batch_serials
 WHERE batch_id IN (SELECT value FROM json_each(?1))
 ORDER BY batch_id, ordinal
