DELETE FROM material_rates
 WHERE gateway_id = ?1
   AND (material_id, location_id) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))
