UPDATE operations
   SET configured = false, enabled = false, modified_date = $2
 WHERE gateway_id = $1
   AND configured
   AND (id, location_id, name) NOT IN (
       SELECT row ->> 0, row ->> 1, row ->> 2 FROM jsonb_array_elements($3::jsonb) AS row
   )
