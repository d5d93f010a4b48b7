UPDATE gateways
   SET tail_asked_date = ?2
 WHERE id IN (
     SELECT id FROM gateways WHERE tail_asked_date < ?1 AND (heard_date IS NULL OR heard_date < ?1) ORDER BY id LIMIT ?3
 )
RETURNING id, highest_seq
