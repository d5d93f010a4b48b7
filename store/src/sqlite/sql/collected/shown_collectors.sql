SELECT id, started_date, last_seen_date, is_running, events, repeated, dead_letters, requests, lost
  FROM collectors
 ORDER BY id
 LIMIT ?1
