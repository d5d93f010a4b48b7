UPDATE outbox
   SET is_told = 1
 WHERE gateway_id = ?1 AND last_seq <= ?2 AND outcome = 'DROPPED' AND is_told = 0
