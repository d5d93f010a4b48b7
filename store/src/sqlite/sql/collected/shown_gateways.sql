SELECT id, log, contiguous_seq, highest_seq, above AS above, events, repeated, recovered, lost, heard_date, asked_first, asked_last
  FROM gateways
 WHERE id > ?1
 ORDER BY id
 LIMIT ?2
