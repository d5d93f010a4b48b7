DELETE FROM events
 WHERE rowid IN (
       SELECT rowid FROM events
        WHERE gateway_id = ?1 AND published_at < ?2
        LIMIT ?3
   )
