INSERT INTO gateways (
    id, created_date, reviewed_date, tail_asked_date
)
SELECT * FROM :rows AS given
ON CONFLICT (id) DO NOTHING
