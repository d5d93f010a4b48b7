UPDATE outbox
   SET last_seq = $3, settled_at = $5
 WHERE gateway_id = $1
   AND first_seq = (SELECT max(first_seq) FROM outbox WHERE gateway_id = $1 AND first_seq < $2)
   AND last_seq = $2 - 1
   AND outcome = $4
   AND NOT is_told
   AND date_trunc('minute', settled_at) = date_trunc('minute', $5)
