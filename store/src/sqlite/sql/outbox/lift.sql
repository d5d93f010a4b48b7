UPDATE gateways SET outbox_seq = ?2 WHERE id = ?1 AND outbox_seq < ?2
