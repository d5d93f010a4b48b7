SELECT id,
       operation_id,
       production_order,
       start_date,
       end_date,
       priority,
       quantity,
       status,
       operation_record_id
  FROM schedules
 WHERE gateway_id = ?1
   AND (status NOT IN ('COMPLETED', 'CANCELLED') OR id IN (SELECT value FROM json_each(?2)))
 ORDER BY rowid
