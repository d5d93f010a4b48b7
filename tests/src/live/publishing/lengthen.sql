WITH RECURSIVE
log AS (
    SELECT gateway_id, max(seq) AS last FROM events
),
more AS (
    SELECT 1 AS n UNION ALL SELECT n + 1 FROM more WHERE n < ?1
)
INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body)
SELECT log.gateway_id,
       log.last + n,
       printf('01KTEST%019d', log.last + n),
       'connection.up',
       '2026-03-01T06:00:00.000000Z',
       '2026-03-01T06:00:00.000000Z',
       json_object(
           'event_id', printf('01KTEST%019d', log.last + n),
           'seq', log.last + n,
           'event_type', 'connection.up',
           'occurred_at', '2026-03-01T06:00:00.000000Z',
           'recorded_at', '2026-03-01T06:00:00.000000Z',
           'gateway_id', log.gateway_id,
           'actor', NULL,
           -- As long as the events of a record with a few captures are.
           'info', json_object('padding', printf('%.*c', 700, 'x'))
       )
  FROM more, log
