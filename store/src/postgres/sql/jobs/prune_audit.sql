-- What was asked before the first request that is young enough.
DELETE FROM audit
 WHERE number = ANY (ARRAY(
       SELECT number FROM audit
        WHERE gateway_id = $1
          AND number < coalesce(
              (SELECT number FROM audit WHERE gateway_id = $1 AND at >= $2 ORDER BY number LIMIT 1), 9223372036854775807
          )
        ORDER BY number
        LIMIT $3
   ))
