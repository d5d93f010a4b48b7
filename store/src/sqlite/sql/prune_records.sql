DELETE FROM operation_records
 WHERE rowid IN (
       SELECT rowid FROM operation_records
        WHERE gateway_id = ?1 AND end_date < ?2
        LIMIT ?3
   )
