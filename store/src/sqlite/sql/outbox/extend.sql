-- The range before reaches up to this one, in the same minute; or into it, from a mark that is given again.
UPDATE outbox
   SET last_seq = max(last_seq, ?3), settled_at = ?5
 WHERE gateway_id = ?1
   AND first_seq = (SELECT max(first_seq) FROM outbox WHERE gateway_id = ?1 AND first_seq < ?2)
   AND outcome = ?4
   AND is_told = 0
   AND (last_seq >= ?2 OR (last_seq = ?2 - 1 AND substr(settled_at, 1, 16) = substr(?5, 1, 16)))
