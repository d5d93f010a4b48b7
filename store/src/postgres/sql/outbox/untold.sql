SELECT first_seq, last_seq
  FROM outbox
 WHERE gateway_id = $1 AND first_seq > $2 AND outcome = 'DROPPED' AND NOT is_told
 ORDER BY first_seq
