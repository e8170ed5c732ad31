-- What runs of a language model did, step by step, and what they sent. Keyed by the run's id alone: a run of the command
-- line has no row in `runs`.

CREATE TABLE model_runs (
  run         TEXT PRIMARY KEY,
  started_at  INTEGER NOT NULL,
  locations   TEXT NOT NULL,              -- what it reads, one a line, without secrets
  focus       TEXT NOT NULL,
  model       TEXT NOT NULL,              -- "openai gpt-5.2"
  privacy     TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('running', 'done', 'partial', 'failed')),
  reason      TEXT NOT NULL DEFAULT '',
  usd         REAL NOT NULL DEFAULT 0,
  findings    INTEGER NOT NULL DEFAULT 0  -- in its report
) STRICT;

CREATE TABLE journal (
  run     TEXT NOT NULL,
  number  INTEGER NOT NULL,               -- of the run, from 1
  kind    TEXT NOT NULL,
  body    TEXT NOT NULL,                  -- of the agent room
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE egress (
  run      TEXT NOT NULL,
  number   INTEGER NOT NULL,              -- of the run, from 1
  at       INTEGER NOT NULL,
  url      TEXT NOT NULL,                 -- without secrets
  bytes    INTEGER NOT NULL,              -- of the body
  privacy  TEXT NOT NULL,
  columns  TEXT NOT NULL,                 -- "table.column", one a line: whose values it carried
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
