INSERT INTO queues (gateway_id, id, job_id, operator, added_at)
VALUES :rows
