DELETE FROM retained WHERE gateway_id = $1 AND key IN (SELECT jsonb_array_elements_text($2::jsonb))
