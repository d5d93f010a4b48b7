DELETE FROM idempotency_keys
 WHERE gateway_id = ? AND created_date <= ?
