SELECT key, digest, status, answer
  FROM idempotency_keys
 WHERE gateway_id = $1 AND key IN (SELECT jsonb_array_elements_text($2::jsonb)) AND created_date > $3
