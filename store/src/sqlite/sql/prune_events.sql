-- Only from the beginning on: what is left has no gaps.
DELETE FROM events
 WHERE rowid IN (
       SELECT rowid FROM events
        WHERE gateway_id = ?1 AND published_at < ?2
          AND seq < coalesce(
              (SELECT min(seq) FROM events WHERE gateway_id = ?1 AND published_at IS NULL), 9223372036854775807
          )
        ORDER BY seq
        LIMIT ?3
   )
