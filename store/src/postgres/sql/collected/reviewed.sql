UPDATE gateways
   SET reviewed_date = $1
 WHERE id IN (SELECT jsonb_array_elements_text($2::jsonb))
