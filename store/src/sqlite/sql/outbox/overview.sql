WITH
gateway AS (
    SELECT id, last_event_seq, outbox_seq, outbox_dropped FROM gateways WHERE id = ?1
),
above AS (
    SELECT o.first_seq, o.last_seq FROM outbox AS o JOIN gateway AS g WHERE o.gateway_id = g.id AND o.last_seq > g.outbox_seq
),
refused AS (
    SELECT seq, quarantined_at FROM refused_events WHERE gateway_id = ?1
)
SELECT g.last_event_seq AS last_seq,
       g.outbox_seq AS settled_seq,
       g.last_event_seq - g.outbox_seq
           - coalesce((SELECT sum(a.last_seq - max(a.first_seq, g.outbox_seq + 1) + 1) FROM above AS a), 0)
           - (SELECT count(*) FROM refused AS r WHERE r.seq > g.outbox_seq) AS waiting,
       (SELECT e.recorded_at
          FROM events AS e
         WHERE e.gateway_id = g.id
           AND e.seq > g.outbox_seq
           AND NOT EXISTS (SELECT 1 FROM above AS a WHERE e.seq BETWEEN a.first_seq AND a.last_seq)
           AND NOT EXISTS (SELECT 1 FROM refused AS r WHERE r.seq = e.seq)
         ORDER BY e.seq
         LIMIT 1) AS oldest_waiting_at,
       (SELECT count(*) FROM refused WHERE quarantined_at IS NULL) AS refused,
       (SELECT count(*) FROM refused WHERE quarantined_at IS NOT NULL) AS quarantined,
       g.outbox_dropped AS dropped,
       coalesce((SELECT sum(o.last_seq - o.first_seq + 1)
                   FROM outbox AS o
                  WHERE o.gateway_id = g.id AND o.outcome = 'PUBLISHED'), 0) AS kept,
       (SELECT max(o.settled_at) FROM outbox AS o WHERE o.gateway_id = g.id AND o.outcome = 'PUBLISHED') AS last_published_at
  FROM gateway AS g
