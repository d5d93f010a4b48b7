-- What a restart makes of an operation's open record.

ALTER TABLE operations ADD COLUMN restart_policy TEXT NOT NULL DEFAULT 'RESUME';
ALTER TABLE operations ADD COLUMN resume_within_seconds REAL NOT NULL DEFAULT 0;
