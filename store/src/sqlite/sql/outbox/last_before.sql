SELECT max(seq) AS seq
  FROM (SELECT seq, recorded_at
          FROM events
         WHERE gateway_id = ?1 AND seq BETWEEN ?2 AND ?3
         ORDER BY seq
         LIMIT ?5)
 WHERE recorded_at < ?4
