DELETE FROM operation_records
 WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM operation_records
        WHERE gateway_id = $1 AND end_date < $2
        LIMIT $3
   ))
