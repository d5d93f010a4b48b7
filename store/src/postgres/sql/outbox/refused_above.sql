SELECT seq AS first_seq, seq AS last_seq FROM refused_events WHERE gateway_id = $1 AND seq > $2 ORDER BY seq
