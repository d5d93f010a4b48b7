-- What a gateway must know to go on, from the ledger into an empty one. Of what is over, as much as a configuration may
-- still name: what is there wins over it.
PRAGMA application_id = 0x4C574348;
BEGIN;
INSERT INTO main.gateways SELECT * FROM ledger.gateways;
INSERT INTO main.locations SELECT * FROM ledger.locations;
INSERT INTO main.materials SELECT * FROM ledger.materials;
INSERT INTO main.material_rates SELECT * FROM ledger.material_rates;
INSERT INTO main.production_orders
SELECT *
  FROM ledger.production_orders
 WHERE status NOT IN ('CLOSED', 'CANCELLED')
    OR rowid > (SELECT max(rowid) - 10000 FROM ledger.production_orders)
    OR id IN (SELECT production_order_id FROM ledger.jobs WHERE state NOT IN ('completed', 'failed', 'cancelled'))
    OR (gateway_id, id) IN (
       SELECT gateway_id, production_order_id FROM ledger.operation_records WHERE end_date IS NULL
       UNION ALL
       SELECT gateway_id, production_order_id FROM ledger.schedules
        WHERE status NOT IN ('COMPLETED', 'CANCELLED') OR rowid > (SELECT max(rowid) - 10000 FROM ledger.schedules)
    )
 ORDER BY rowid;
INSERT INTO main.operations SELECT * FROM ledger.operations;
INSERT INTO main.operation_records SELECT * FROM ledger.operation_records WHERE end_date IS NULL;
INSERT INTO main.schedules
SELECT *
  FROM ledger.schedules
 WHERE status NOT IN ('COMPLETED', 'CANCELLED') OR rowid > (SELECT max(rowid) - 10000 FROM ledger.schedules)
 ORDER BY rowid;
INSERT INTO main.station_connections SELECT * FROM ledger.station_connections;
INSERT INTO main.jobs SELECT * FROM ledger.jobs WHERE state NOT IN ('completed', 'failed', 'cancelled');
INSERT INTO main.job_station_history
SELECT * FROM ledger.job_station_history WHERE job_id IN (SELECT id FROM main.jobs);
INSERT INTO main.batches SELECT * FROM ledger.batches WHERE job_id IN (SELECT id FROM main.jobs);
INSERT INTO main.batch_serials SELECT * FROM ledger.batch_serials WHERE batch_id IN (SELECT id FROM main.batches);
INSERT INTO main.work_sessions SELECT * FROM ledger.work_sessions WHERE job_id IN (SELECT id FROM main.jobs);
INSERT INTO main.queues SELECT * FROM ledger.queues;
INSERT INTO main.idempotency_keys SELECT * FROM ledger.idempotency_keys;
INSERT INTO main.retained SELECT * FROM ledger.retained;
COMMIT;
