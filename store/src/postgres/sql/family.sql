WITH RECURSIVE family (id, depth) AS (
    SELECT $2::text, 0::bigint
    UNION
    SELECT r.id, family.depth + 1
      FROM operation_records AS r
      JOIN family ON r.parent_record_id = family.id
     WHERE r.gateway_id = $1 AND family.depth < $3
)
SELECT r.id, r.operation_id, r.location_id, r.status, r.start_date, r.end_date, r.duration_seconds, r.detected_at,
       r.production_order, o.name AS order_name, r.parent_record_id, r.schedule_id, r.start_reason, r.end_reason,
       r.expected_duration_seconds, r.overrun, r.paused_seconds, r.detected_after_gap, r.last_seen_date,
       r.captures::text AS captures, r.revision, r.notes, r.created_by,
       (SELECT p.end_date
          FROM operation_records AS p
         WHERE p.gateway_id = r.gateway_id AND p.operation_id = r.operation_id AND p.id <> r.id
           AND p.start_date <= r.start_date AND p.end_date <= r.start_date
         ORDER BY p.start_date DESC, p.end_date DESC LIMIT 1) AS previous_end,
       (SELECT n.start_date
          FROM operation_records AS n
         WHERE n.gateway_id = r.gateway_id AND n.operation_id = r.operation_id AND n.id <> r.id
           AND n.start_date >= r.end_date
         ORDER BY n.start_date LIMIT 1) AS next_start
  FROM family
  JOIN operation_records AS r ON r.gateway_id = $1 AND r.id = family.id
  LEFT JOIN production_orders AS o ON o.gateway_id = r.gateway_id AND o.id = r.production_order_id
 ORDER BY family.depth, r.start_date, r.id
 LIMIT $4
