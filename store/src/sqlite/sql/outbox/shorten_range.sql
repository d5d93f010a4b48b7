UPDATE outbox SET first_seq = ?3 + 1 WHERE gateway_id = ?1 AND first_seq = ?2
