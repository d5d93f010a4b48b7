-- An event will tell of them.
INSERT INTO outbox (gateway_id, first_seq, last_seq, outcome, settled_at)
SELECT id, outbox_seq + 1, last_event_seq, 'DROPPED', last_seen_date
  FROM gateways
 WHERE last_event_seq > outbox_seq
