UPDATE outbox
   SET is_told = true
 WHERE gateway_id = $1 AND last_seq <= $2 AND outcome = 'DROPPED' AND NOT is_told
