DELETE FROM events
 WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM events
        WHERE gateway_id = $1 AND published_at < $2
        LIMIT $3
   ))
