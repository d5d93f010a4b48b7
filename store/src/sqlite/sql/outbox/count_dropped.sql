UPDATE gateways SET outbox_dropped = outbox_dropped + ?2 WHERE id = ?1
