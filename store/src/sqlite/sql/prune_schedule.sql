DELETE FROM schedules
 WHERE rowid IN (
       SELECT rowid FROM schedules
        WHERE gateway_id = ?1 AND status IN ('COMPLETED', 'CANCELLED') AND end_date < ?2
        LIMIT ?3
   )
