SELECT seq
  FROM refused_events
 WHERE gateway_id = $1
   AND quarantined_at IS NOT NULL
   AND ($2::jsonb = 'null' OR seq IN (SELECT jsonb_array_elements_text(nullif($2::jsonb, 'null'))::bigint))
 ORDER BY seq
 LIMIT $3
