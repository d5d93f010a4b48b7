SELECT id, log, contiguous_seq, highest_seq, above::text AS above, events, repeated, recovered, lost, heard_date, last_seen_date,
       mark_seq, mark_date, ripe_seq, asked_first, asked_last, asked_date, asked_requests, asked_unheard, asked_missing
  FROM gateways
 WHERE contiguous_seq < highest_seq AND reviewed_date <= $1
 ORDER BY id
 LIMIT $2
   FOR UPDATE
