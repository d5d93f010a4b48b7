SELECT id,
       operation_id,
       production_order,
       unixepoch(substr(start_date, 1, 19)) * 1000000 + CAST(substr(start_date, 21, 6) AS INTEGER) AS start_micros,
       unixepoch(substr(end_date, 1, 19)) * 1000000 + CAST(substr(end_date, 21, 6) AS INTEGER) AS end_micros,
       priority,
       quantity,
       status,
       operation_record_id
  FROM schedules
 WHERE gateway_id = ?1
   AND (status <> 'COMPLETED' OR id IN (SELECT value FROM json_each(?2)))
 ORDER BY rowid
