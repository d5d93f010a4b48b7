UPDATE gateways
   SET tail_asked_date = ?2,
       tail_asked_seq = highest_seq + ?4
 WHERE id IN (
     SELECT id
       FROM gateways
      WHERE heard_date < ?3
        -- What it was asked for may all have come: then there may be more.
        AND (tail_asked_date < ?1 OR (tail_asked_seq > 0 AND highest_seq >= tail_asked_seq))
      ORDER BY id
      LIMIT ?5
 )
RETURNING id, highest_seq
