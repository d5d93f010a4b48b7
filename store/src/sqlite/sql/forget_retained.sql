DELETE FROM retained WHERE gateway_id = ? AND key IN (SELECT value FROM json_each(?))
