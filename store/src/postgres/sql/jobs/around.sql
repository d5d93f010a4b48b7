-- Jobs with legs that records at these places may take up, or that these records drive: all that run or stand there, and
-- of those that wait as many of each place, and of each of these orders, as records may take up.
SELECT job_id
  FROM job_station_history
 WHERE operation_record_id IN (SELECT jsonb_array_elements_text($3::jsonb))
UNION
SELECT job_id
  FROM job_station_history
 WHERE location_id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND state IN ('running', 'paused')
UNION
SELECT job_id
  FROM (
       SELECT job_id, row_number() OVER (PARTITION BY location_id ORDER BY posted_at, id) AS place
         FROM job_station_history
        WHERE location_id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND state = 'pending'
       ) AS waiting
 WHERE place <= $4
UNION
SELECT job_id
  FROM (
       SELECT l.job_id,
              row_number() OVER (PARTITION BY l.location_id, j.production_order_id ORDER BY l.posted_at, l.id) AS place
         FROM job_station_history AS l
         JOIN jobs AS j ON j.id = l.job_id
        WHERE l.location_id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND l.state = 'pending' AND j.production_order_id IN (SELECT jsonb_array_elements_text($2::jsonb))
       ) AS of_orders
 WHERE place <= $4
