DELETE FROM retained WHERE gateway_id = ?1 AND key IN (SELECT value FROM json_each(?2))
