SELECT id
  FROM operation_records
 WHERE id IN (SELECT value FROM json_each(?1)) AND end_date IS NULL
