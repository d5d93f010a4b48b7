UPDATE gateways
   SET last_seen_date = $1,
       last_scan_sequence = $2,
       last_scan_monotonic_micros = $3,
       last_scan_wall_micros = $4,
       last_event_seq = $5
 WHERE id = $6
