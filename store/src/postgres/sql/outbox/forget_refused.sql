DELETE FROM refused_events
 WHERE gateway_id = $1 AND seq IN (SELECT jsonb_array_elements_text($2::jsonb)::bigint)
