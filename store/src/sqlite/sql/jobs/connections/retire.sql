DELETE FROM station_connections
 WHERE gateway_id = ?1
   AND (from_location_id, to_location_id) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))
