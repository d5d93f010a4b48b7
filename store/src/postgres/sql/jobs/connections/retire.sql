DELETE FROM station_connections
 WHERE gateway_id = $1
   AND (from_location_id, to_location_id) NOT IN (SELECT row ->> 0, row ->> 1 FROM jsonb_array_elements($2::jsonb) AS row)
