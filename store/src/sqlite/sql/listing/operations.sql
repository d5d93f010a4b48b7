SELECT o.*
  FROM operations AS o
  JOIN locations AS l ON l.gateway_id = o.gateway_id AND l.id = o.location_id
 WHERE o.gateway_id = ?1 AND o.id > ?2
   AND (?3 IS NULL OR o.name = ?3 OR o.id = ?3 OR l.path || ':' || o.name = ?3)
   AND (?4 IS NULL OR l.path = ?4 OR l.id = ?4)
   AND (?5 IS NULL OR o.status = ?5)
 ORDER BY o.id
 LIMIT ?6
