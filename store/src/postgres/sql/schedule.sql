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
 WHERE gateway_id = $1
   AND (status NOT IN ('COMPLETED', 'CANCELLED') OR id IN (SELECT jsonb_array_elements_text($2::jsonb)))
 ORDER BY ordinal
