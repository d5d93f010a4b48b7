INSERT INTO gateways (
    id, created_date, reviewed_date, tail_asked_date
)
VALUES :rows
ON CONFLICT (id) DO NOTHING
