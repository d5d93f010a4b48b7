UPDATE gateways
   SET last_seen_date = $1,
       last_scan_sequence = $2,
       last_scan_monotonic_micros = $3,
       last_scan_wall_micros = $4,
       -- Null, and so refused, unless the ledger is where its writer left it.
       last_event_seq = CASE WHEN last_scan_sequence = $5 AND last_event_seq = $6 AND started_date = $7 THEN $8 END
 WHERE id = $9
