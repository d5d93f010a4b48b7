DELETE FROM outbox WHERE gateway_id = ?1 AND first_seq = ?2
