SELECT count(*) AS records FROM operation_records WHERE gateway_id = $1
