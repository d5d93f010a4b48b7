WITH live (gateway_id, id, status, record_id, order_id) AS (SELECT * FROM :rows AS given)
UPDATE operations
   SET status = live.status,
       current_operation_record_id = live.record_id,
       current_production_order_id = live.order_id
  FROM live
 WHERE operations.gateway_id = live.gateway_id AND operations.id = live.id
