SELECT outbox_seq, last_event_seq FROM gateways WHERE id = $1
