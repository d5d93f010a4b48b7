UPDATE gateways
   SET last_seen_date = ?2,
       last_event_seq = ?3
 WHERE id = ?1
