SELECT last_scan_sequence, last_event_seq
  FROM gateways
 WHERE id = $1 AND started_date = $2
   FOR UPDATE
