SELECT current_setting('server_version_num')::bigint AS version,
       pg_is_in_recovery() AS is_standby,
       pg_backend_pid()::bigint AS pid,
       current_setting('server_encoding') AS server_encoding,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_commit') AS synchronous_commit
