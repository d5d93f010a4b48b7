UPDATE refused_events
   SET refusals = 0, quarantined_at = NULL
 WHERE gateway_id = ?1
   AND seq IN (SELECT seq
                 FROM refused_events
                WHERE gateway_id = ?1 AND (?2 = 'null' OR seq IN (SELECT value FROM json_each(?2)))
                ORDER BY seq
                LIMIT ?3)
RETURNING seq
