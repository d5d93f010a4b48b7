\set n :n + 1
WITH
record AS (
    INSERT INTO operation_records (
        gateway_id, id, created_date, name, start_date, status, location_id, operation_id, operation, location, detected_at,
        start_reason, overrun, paused_seconds, detected_after_gap, captures, revision
    )
    VALUES (
        'bench', 'own' || :n::bigint, now(), 'Filling 1', now(), 'RUNNING', :location, :operation, 'Filling 1',
        'Line1/Filler', now(), 'TRIGGER', false, 0, false, '{}', 1
    )
),
operation AS (
    UPDATE operations
       SET status = 'RUNNING', current_operation_record_id = 'own' || :n::bigint, current_production_order_id = NULL
     WHERE gateway_id = 'bench' AND id = :operation
),
event AS (
    INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body)
    VALUES ('bench', :n::bigint, 'own' || :n::bigint, 'operation.started', now(), now(), :body::jsonb)
)
UPDATE gateways SET last_seen_date = now(), last_scan_sequence = :n::bigint, last_event_seq = :n::bigint WHERE id = 'bench';
\set n :n + 1
WITH
record AS (
    UPDATE operation_records
       SET end_date = now(), status = 'COMPLETED', end_reason = 'TRIGGER', duration_seconds = 1, revision = 2
     WHERE gateway_id = 'bench' AND id = 'own' || (:n::bigint - 1)
),
operation AS (
    UPDATE operations
       SET status = 'COMPLETED', current_operation_record_id = NULL, current_production_order_id = NULL
     WHERE gateway_id = 'bench' AND id = :operation
),
event AS (
    INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body)
    VALUES ('bench', :n::bigint, 'own' || :n::bigint, 'operation.stopped', now(), now(), :body::jsonb)
)
UPDATE gateways SET last_seen_date = now(), last_scan_sequence = :n::bigint, last_event_seq = :n::bigint WHERE id = 'bench';
