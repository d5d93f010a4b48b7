SELECT first_seq, last_seq
  FROM outbox
 WHERE gateway_id = ?1 AND first_seq > ?2 AND outcome = 'DROPPED' AND is_told = 0
 ORDER BY first_seq
