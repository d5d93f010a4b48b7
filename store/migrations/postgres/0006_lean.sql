-- Nothing reads entries of the schedule by their operation, and every start writes one.
DROP INDEX schedules_by_operation;

-- That these rows are a known gateway's was looked up and locked for each of them, while the turn that writes them changes
-- the gateway's own row and is nothing without it. Records and entries have it from their operation as well.
ALTER TABLE operation_records DROP CONSTRAINT operation_records_gateway_id_fkey;
ALTER TABLE schedules DROP CONSTRAINT schedules_gateway_id_fkey;
ALTER TABLE events DROP CONSTRAINT events_gateway_id_fkey;
ALTER TABLE retained DROP CONSTRAINT retained_gateway_id_fkey;
ALTER TABLE audit DROP CONSTRAINT audit_gateway_id_fkey;
