INSERT INTO audit (
    gateway_id, at, actor, door, action, target, status, error, event_id
)
SELECT * FROM :rows AS given
