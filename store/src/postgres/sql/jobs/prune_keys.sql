DELETE FROM idempotency_keys
 WHERE gateway_id = $1 AND created_date <= $2
