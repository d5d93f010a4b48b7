WITH given AS (SELECT (pair->>0)::bigint AS seq, pair->>1 AS id FROM jsonb_array_elements($3::jsonb) AS pair)
SELECT given.id,
       (SELECT max(e.recorded_at) FROM events AS e
         WHERE e.gateway_id = $1 AND e.seq = given.seq AND e.id <> given.id) AS recorded_at,
       EXISTS (SELECT 1 FROM lost_events AS l
         WHERE l.gateway_id = $1 AND l.log = $2 AND given.seq BETWEEN l.first_seq AND l.last_seq) AS is_lost
  FROM given
