-- What the query log of all runs tells of each statement besides what it gave. A statement that was refused is there, too.
ALTER TABLE queries ADD COLUMN asker TEXT NOT NULL DEFAULT '';         -- 'catalog', 'statistical analyst', 'language model'
ALTER TABLE queries ADD COLUMN verdict TEXT NOT NULL DEFAULT 'allow';  -- 'allow', 'mask' or 'refuse'
ALTER TABLE queries ADD COLUMN reason TEXT NOT NULL DEFAULT '';        -- the class of a refusal
ALTER TABLE queries ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queries ADD COLUMN cached INTEGER NOT NULL DEFAULT 0;      -- 1: answered from a cache
CREATE INDEX queries_by_time ON queries (at, run, sequence);
