-- What left the log does so up to where all are settled, or is noted as dropped.
SELECT 'events before which numbers are missing' AS rule,
       count(*) AS broken
  FROM (SELECT gateway_id, seq, lag(seq) OVER (PARTITION BY gateway_id ORDER BY seq) AS before FROM events) AS steps
  JOIN gateways AS g ON g.id = steps.gateway_id
 WHERE steps.seq - steps.before > 1
   AND steps.seq - 1 > g.outbox_seq
   AND NOT EXISTS (
       SELECT 1 FROM outbox AS o
        WHERE o.gateway_id = steps.gateway_id AND o.outcome = 'DROPPED'
          AND o.first_seq < steps.seq AND o.last_seq > steps.before
   )
UNION ALL
SELECT 'gateways whose last event is beyond their count',
       count(*)
  FROM gateways AS g
 WHERE g.last_event_seq < (SELECT max(e.seq) FROM events AS e WHERE e.gateway_id = g.id)
UNION ALL
SELECT 'operations with more than one open record',
       count(*)
  FROM (SELECT 1 FROM operation_records WHERE end_date IS NULL GROUP BY gateway_id, operation_id HAVING count(*) > 1) AS several
UNION ALL
SELECT 'operations that show a run which is not open',
       count(*)
  FROM operations AS o
 WHERE o.current_operation_record_id IS NOT NULL
   AND NOT EXISTS (
       SELECT 1 FROM operation_records AS r
        WHERE r.gateway_id = o.gateway_id AND r.id = o.current_operation_record_id AND r.end_date IS NULL
   )
UNION ALL
SELECT 'open records that their operations do not show',
       count(*)
  FROM operation_records AS r
 WHERE r.end_date IS NULL
   AND NOT EXISTS (
       SELECT 1 FROM operations AS o
        WHERE o.gateway_id = r.gateway_id AND o.id = r.operation_id AND o.current_operation_record_id = r.id
   )
UNION ALL
SELECT 'records that end before they start',
       count(*)
  FROM operation_records
 WHERE end_date < start_date
UNION ALL
SELECT 'jobs whose parts do not add up to their quantity',
       count(*)
  FROM jobs
 WHERE quantity <> in_process_parts + finished_parts + scrap_parts + lost_parts
UNION ALL
SELECT 'legs that are over and whose parts do not add up to those that came',
       count(*)
  FROM job_station_history
 WHERE state IN ('queued', 'completed', 'failed', 'cancelled') AND input <> good + scrap + rework + lost
UNION ALL
-- No foreign key sees to these: they are looked up by nobody who writes a turn.
SELECT 'records whose operation, location or order is not there',
       count(*)
  FROM operation_records AS r
  LEFT JOIN operations AS o ON o.gateway_id = r.gateway_id AND o.id = r.operation_id
  LEFT JOIN locations AS l ON l.gateway_id = r.gateway_id AND l.id = r.location_id
  LEFT JOIN production_orders AS p ON p.gateway_id = r.gateway_id AND p.id = r.production_order_id
 WHERE o.id IS NULL OR l.id IS NULL OR (r.production_order_id IS NOT NULL AND p.id IS NULL)
UNION ALL
SELECT 'entries of the schedule whose operation, location or order is not there',
       count(*)
  FROM schedules AS s
  LEFT JOIN operations AS o ON o.gateway_id = s.gateway_id AND o.id = s.operation_id
  LEFT JOIN locations AS l ON l.gateway_id = s.gateway_id AND l.id = s.location_id
  LEFT JOIN production_orders AS p ON p.gateway_id = s.gateway_id AND p.id = s.production_order_id
 WHERE o.id IS NULL OR l.id IS NULL OR (s.production_order_id IS NOT NULL AND p.id IS NULL)
