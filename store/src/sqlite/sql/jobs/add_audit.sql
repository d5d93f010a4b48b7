INSERT INTO audit (
    gateway_id, at, actor, door, action, target, status, error, event_id
)
VALUES :rows
