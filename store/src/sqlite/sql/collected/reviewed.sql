UPDATE gateways
   SET reviewed_date = ?1
 WHERE id IN (SELECT value FROM json_each(?2))
