-- What readers said of findings, and the rules that follow from it.

CREATE TABLE votes (
  number        INTEGER PRIMARY KEY,
  finding       INTEGER NOT NULL REFERENCES findings (number) ON DELETE CASCADE,
  is_up         INTEGER NOT NULL CHECK (is_up IN (0, 1)),
  reason        TEXT NOT NULL,                -- of a vote against it; else ''
  weighs        INTEGER NOT NULL,             -- whether it counts for or against the finding's kind
  note          TEXT NOT NULL,                -- the voter's words
  who           TEXT NOT NULL,                -- id of the API key, or 'local'
  at            INTEGER NOT NULL,
  withdrawn_at  INTEGER                       -- with its rule
) STRICT;
CREATE INDEX votes_by_finding ON votes (finding);

CREATE TABLE rules (
  number       INTEGER PRIMARY KEY,
  vote         INTEGER NOT NULL UNIQUE REFERENCES votes (number) ON DELETE CASCADE,
  subject      TEXT NOT NULL,                 -- the data it is about, as of findings
  scope        TEXT NOT NULL CHECK (scope IN ('finding', 'entity', 'pattern', 'threshold')),
  fingerprint  TEXT NOT NULL,                 -- these as far as the scope needs them, else '' or 0
  target       TEXT NOT NULL,                 -- fingerprint of the finding that it repeats
  column       TEXT NOT NULL,
  value        TEXT NOT NULL,
  pattern      TEXT NOT NULL,
  below        REAL NOT NULL,
  unit         TEXT NOT NULL,
  per          TEXT NOT NULL,
  undone_at    INTEGER,
  undone_by    TEXT
) STRICT;
CREATE INDEX rules_by_subject ON rules (subject);

ALTER TABLE findings ADD COLUMN suppressed_by TEXT;   -- id of the rule that hides it now
ALTER TABLE findings ADD COLUMN merged_into INTEGER;  -- number of the finding it repeats
ALTER TABLE sightings ADD COLUMN hidden_by TEXT;      -- id of the rule that hid it in this run
