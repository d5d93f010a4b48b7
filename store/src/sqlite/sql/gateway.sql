SELECT last_scan_sequence, last_scan_monotonic_micros, last_scan_wall_micros, last_event_seq, last_seen_date
  FROM gateways
 WHERE id = ?1
