DELETE FROM dead_letters WHERE rowid <= (SELECT rowid FROM dead_letters ORDER BY rowid DESC LIMIT 1 OFFSET ?1)
