UPDATE materials
   SET enabled = 0, modified_date = ?2
 WHERE gateway_id = ?1
   AND enabled = 1
   AND (id, name) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?3))
