UPDATE gateways
   SET last_seen_date = ?,
       last_scan_sequence = ?,
       last_scan_monotonic_micros = ?,
       last_scan_wall_micros = ?,
       last_event_seq = ?
 WHERE id = ?
