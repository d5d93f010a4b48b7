SELECT pg_try_advisory_lock(1280787272, hashtext(current_schema() || '/' || $1)) AS is_ours
