UPDATE materials
   SET enabled = false, modified_date = $2
 WHERE gateway_id = $1
   AND enabled
   AND (id, name) NOT IN (SELECT row ->> 0, row ->> 1 FROM jsonb_array_elements($3::jsonb) AS row)
