WITH changed (
    id, log, contiguous_seq, highest_seq, above, events, repeated, recovered, lost, heard_date, last_seen_date, mark_seq,
    mark_date, ripe_seq, asked_first, asked_last, asked_date, asked_requests, asked_unheard, asked_missing
) AS (SELECT * FROM :rows AS given)
UPDATE gateways
   SET log = changed.log,
       contiguous_seq = changed.contiguous_seq,
       highest_seq = changed.highest_seq,
       above = changed.above,
       events = changed.events,
       repeated = changed.repeated,
       recovered = changed.recovered,
       lost = changed.lost,
       heard_date = changed.heard_date,
       last_seen_date = changed.last_seen_date,
       mark_seq = changed.mark_seq,
       mark_date = changed.mark_date,
       ripe_seq = changed.ripe_seq,
       asked_first = changed.asked_first,
       asked_last = changed.asked_last,
       asked_date = changed.asked_date,
       asked_requests = changed.asked_requests,
       asked_unheard = changed.asked_unheard,
       asked_missing = changed.asked_missing
  FROM changed
 WHERE gateways.id = changed.id
