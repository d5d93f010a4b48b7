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
 WHERE gateway_id = $1 AND id = $2
