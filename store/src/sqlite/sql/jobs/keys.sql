SELECT key, digest, status, answer
  FROM idempotency_keys
 WHERE gateway_id = ?1 AND key IN (SELECT value FROM json_each(?2)) AND created_date > ?3
