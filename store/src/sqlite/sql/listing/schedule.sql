SELECT s.*
  FROM schedules AS s
  JOIN operations AS o ON o.gateway_id = s.gateway_id AND o.id = s.operation_id
  JOIN locations AS l ON l.gateway_id = s.gateway_id AND l.id = s.location_id
 WHERE s.gateway_id = ?1 AND s.id > ?2
   AND (?3 IS NULL OR o.name = ?3 OR o.id = ?3 OR l.path || ':' || o.name = ?3)
   AND (?4 IS NULL OR l.path = ?4 OR l.id = ?4)
   AND (?5 IS NULL OR s.production_order = ?5 OR s.production_order_id = ?5)
   AND (?6 IS NULL OR s.status = ?6)
   AND (?7 IS NULL OR s.start_date >= ?7)
   AND (?8 IS NULL OR s.start_date < ?8)
 ORDER BY s.id
 LIMIT ?9
