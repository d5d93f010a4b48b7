DELETE FROM dead_letters WHERE ordinal <= (SELECT max(ordinal) FROM dead_letters) - $1
