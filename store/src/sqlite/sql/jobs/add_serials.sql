INSERT INTO batch_serials (batch_id, ordinal, serial)
VALUES :rows
