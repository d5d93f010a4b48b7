DELETE FROM dead_letters WHERE rowid <= (SELECT max(rowid) FROM dead_letters) - ?1
