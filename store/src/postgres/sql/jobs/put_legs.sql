INSERT INTO job_station_history (
    gateway_id, id, job_id, ordinal, location_id, station, entry_number, state, input, good, scrap, rework, lost,
    origin, origin_leg_id, pause, pause_operation_id, posted_at, posted_by, started_at, started_by, completed_at,
    completed_by, operation_record_id
)
SELECT * FROM :rows AS given
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    input = excluded.input,
    good = excluded.good,
    scrap = excluded.scrap,
    rework = excluded.rework,
    lost = excluded.lost,
    pause = excluded.pause,
    pause_operation_id = excluded.pause_operation_id,
    started_at = excluded.started_at,
    started_by = excluded.started_by,
    completed_at = excluded.completed_at,
    completed_by = excluded.completed_by,
    operation_record_id = excluded.operation_record_id
