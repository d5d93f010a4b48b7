SELECT first_seq, last_seq FROM outbox WHERE gateway_id = $1 AND last_seq > $2 ORDER BY first_seq
