UPDATE gateways
   SET last_seen_date = ?,
       last_scan_sequence = ?,
       last_scan_monotonic_micros = ?,
       last_scan_wall_micros = ?,
       -- Null, and so refused, unless the ledger is where its writer left it.
       last_event_seq = CASE WHEN last_scan_sequence = ? AND last_event_seq = ? AND started_date = ? THEN ? END
 WHERE id = ?
