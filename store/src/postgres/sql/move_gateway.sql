UPDATE gateways
   SET last_seen_date = $2,
       last_scan_sequence = $3,
       last_scan_monotonic_micros = $4,
       last_scan_wall_micros = $5,
       last_event_seq = $6
 WHERE id = $1
