UPDATE operations
   SET configured = 0, enabled = 0, modified_date = ?2
 WHERE gateway_id = ?1
   AND configured = 1
   AND (id, location_id, name) NOT IN (
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?3)
   )
