SELECT id
  FROM operation_records
 WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND end_date IS NULL
