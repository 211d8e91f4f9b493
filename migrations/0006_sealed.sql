-- Whether what an adapter keeps stands in an envelope. What older versions kept does not, until the next start.
ALTER TABLE memory ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1));
