-- Jobs with legs that records at these places may take up, or that these records drive: all that run or stand there, and
-- of those that wait as many of each place, and of each of these orders, as records may take up.
SELECT job_id
  FROM job_station_history
 WHERE operation_record_id IN (SELECT value FROM json_each(?3))
UNION
SELECT job_id
  FROM job_station_history
 WHERE location_id IN (SELECT value FROM json_each(?1)) AND state IN ('running', 'paused')
UNION
SELECT job_id
  FROM (
       SELECT job_id, row_number() OVER (PARTITION BY location_id ORDER BY posted_at, id) AS place
         FROM job_station_history
        WHERE location_id IN (SELECT value FROM json_each(?1)) AND state = 'pending'
       ) AS waiting
 WHERE place <= ?4
UNION
SELECT job_id
  FROM (
       SELECT l.job_id,
              row_number() OVER (PARTITION BY l.location_id, j.production_order_id ORDER BY l.posted_at, l.id) AS place
         FROM job_station_history AS l
         JOIN jobs AS j ON j.id = l.job_id
        WHERE l.location_id IN (SELECT value FROM json_each(?1)) AND l.state = 'pending' AND j.production_order_id IN (SELECT value FROM json_each(?2))
       ) AS of_orders
 WHERE place <= ?4
