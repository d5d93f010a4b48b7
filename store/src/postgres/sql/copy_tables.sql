-- One statement, so that it is one transaction.
DO $$
DECLARE
    target constant text := current_setting('latchwork.copy');
    source text;
BEGIN
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', target);
    EXECUTE format('CREATE SCHEMA %I', target);
    FOREACH source IN ARRAY ARRAY[
        '_sqlx_migrations', 'gateways', 'locations', 'materials', 'material_rates', 'production_orders', 'operations',
        'operation_records', 'schedules', 'events', 'retained',
        'outbox', 'refused_events', 'station_connections', 'jobs', 'job_station_history', 'batches', 'batch_serials',
        'work_sessions', 'queues', 'idempotency_keys', 'audit'
    ] LOOP
        IF to_regclass(quote_ident(source)) IS NOT NULL THEN
            EXECUTE format('CREATE TABLE %I.%I AS TABLE %I', target, source, source);
        END IF;
    END LOOP;
END
$$
