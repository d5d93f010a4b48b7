SELECT key, value FROM retained WHERE gateway_id = ?1 ORDER BY key
