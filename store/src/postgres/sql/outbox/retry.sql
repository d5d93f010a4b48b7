UPDATE refused_events
   SET refusals = 0, quarantined_at = NULL
 WHERE gateway_id = $1
   AND seq IN (SELECT seq
                 FROM refused_events
                WHERE gateway_id = $1
                  AND ($2::jsonb = 'null'
                       OR seq IN (SELECT jsonb_array_elements_text(nullif($2::jsonb, 'null'))::bigint))
                ORDER BY seq
                LIMIT $3)
RETURNING seq
