DELETE FROM material_rates
 WHERE gateway_id = $1
   AND (material_id, location_id) NOT IN (SELECT row ->> 0, row ->> 1 FROM jsonb_array_elements($2::jsonb) AS row)
