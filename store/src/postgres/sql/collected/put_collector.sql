INSERT INTO collectors (
    id, started_date, last_seen_date, is_running, events, repeated, dead_letters, requests, lost
)
SELECT * FROM :rows AS given
ON CONFLICT (id) DO UPDATE SET
    started_date = excluded.started_date,
    last_seen_date = excluded.last_seen_date,
    is_running = excluded.is_running,
    events = excluded.events,
    repeated = excluded.repeated,
    dead_letters = excluded.dead_letters,
    requests = excluded.requests,
    lost = excluded.lost
