DELETE FROM schedules
 WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM schedules
        WHERE gateway_id = $1 AND status IN ('COMPLETED', 'CANCELLED') AND end_date < $2
        LIMIT $3
   ))
