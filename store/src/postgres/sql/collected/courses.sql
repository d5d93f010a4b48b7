SELECT id, log, contiguous_seq, highest_seq, above::text AS above, events, repeated, recovered, lost, heard_date, last_seen_date,
       mark_seq, mark_date, ripe_seq, asked_first, asked_last, asked_date, asked_requests, asked_unheard, asked_missing
  FROM gateways
 WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb))
 ORDER BY id
   FOR UPDATE
