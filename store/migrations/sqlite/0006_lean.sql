-- Nothing reads entries of the schedule by their operation, and every start writes one.
DROP INDEX schedules_by_operation;
