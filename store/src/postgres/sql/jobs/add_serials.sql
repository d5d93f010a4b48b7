INSERT INTO batch_serials (batch_id, ordinal, serial)
SELECT * FROM :rows AS given
