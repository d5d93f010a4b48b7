SELECT held.pid::bigint AS pid,
       format(
           'process %s of the server, `%s` from %s since %s', held.pid, activity.application_name,
           coalesce(host(activity.client_addr), 'this machine'),
           to_char(activity.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       ) AS holder
  FROM pg_locks AS held
  LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
 WHERE held.locktype = 'advisory'
   AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND held.classid = 1280787272
   AND held.objid = (hashtext(current_schema() || '/' || $1)::bigint & 4294967295)::oid
   AND held.objsubid = 2
   AND held.granted
