UPDATE gateways
   SET outbox_dropped = outbox_dropped + last_event_seq - outbox_seq,
       outbox_seq = last_event_seq + ?1,
       last_event_seq = last_event_seq + ?1,
       last_scan_sequence = last_scan_sequence + ?2
