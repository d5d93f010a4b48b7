DELETE FROM dead_letters WHERE ordinal <= (SELECT ordinal FROM dead_letters ORDER BY ordinal DESC LIMIT 1 OFFSET $1)
