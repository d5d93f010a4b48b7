UPDATE gateways
   SET tail_asked_date = ?2,
       tail_asked_seq = highest_seq + ?4
 WHERE id IN (
     SELECT id
       FROM gateways
      WHERE heard_date < ?3
        AND (
            tail_asked_date < ?1
            -- What it was asked for may all have come: then there may be more.
            OR (tail_asked_seq > 0 AND highest_seq >= tail_asked_seq)
            -- The broker goes on keeping a share for a collector that is away.
            OR (
                tail_asked_date < ?6
                AND EXISTS (SELECT 1 FROM collectors WHERE last_seen_date < ?3 AND last_seen_date > ?7)
            )
        )
      ORDER BY id
      LIMIT ?5
 )
RETURNING id, highest_seq
