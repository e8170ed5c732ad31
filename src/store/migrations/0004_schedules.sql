-- Explorations by the clock, and what is told of them to others.

CREATE TABLE schedules (
  number           INTEGER PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE,
  name             TEXT NOT NULL,
  owner            TEXT NOT NULL,               -- id of the API key that made it, or 'local'
  cron             TEXT NOT NULL,
  time_zone        TEXT NOT NULL,
  request          TEXT NOT NULL,               -- of its runs, JSON
  jitter_seconds   INTEGER NOT NULL,
  missed           TEXT NOT NULL CHECK (missed IN ('skip', 'run_once')),
  only_if_changed  INTEGER NOT NULL,
  enabled          INTEGER NOT NULL,
  webhook_url      TEXT NOT NULL,               -- '' without one
  webhook_secret   TEXT NOT NULL,               -- as it was shown once: signing needs the secret itself
  webhook_gone_at  INTEGER,                     -- its receiver said that it is no more (410)
  created_at       INTEGER NOT NULL,
  changed_at       INTEGER NOT NULL,
  due_at           INTEGER,                     -- the next time by its expression; NULL: there is none
  starts_at        INTEGER,                     -- the same with its share of the jitter
  planned_at       INTEGER NOT NULL             -- when these were worked out; later than now: the clock went back
) STRICT;

-- Each time a schedule was due, and what came of it. That no time is there twice keeps it from running twice.
CREATE TABLE occurrences (
  number     INTEGER PRIMARY KEY,
  schedule   TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  due_at     INTEGER,                           -- NULL: asked for by hand
  at         INTEGER NOT NULL,
  outcome    TEXT NOT NULL CHECK (outcome IN ('started', 'skipped', 'missed', 'failed')),
  reason     TEXT NOT NULL,
  run        TEXT REFERENCES runs (id) ON DELETE CASCADE,
  told       INTEGER NOT NULL DEFAULT 0,        -- whether the end of its run was dealt with
  UNIQUE (schedule, due_at)
) STRICT;
CREATE INDEX occurrences_by_run ON occurrences (run);
CREATE INDEX occurrences_untold ON occurrences (number) WHERE run IS NOT NULL AND told = 0;

-- What goes to a webhook. It is sent until it is delivered or given up, with the same id each time.
CREATE TABLE deliveries (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,            -- webhook-id
  schedule     TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  run          TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  body         TEXT NOT NULL,                   -- JSON, to the byte as it is signed
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts     INTEGER NOT NULL DEFAULT 0,
  status       INTEGER,                         -- of the last answer, if there was one
  reason       TEXT NOT NULL DEFAULT '',        -- why the last attempt failed
  created_at   INTEGER NOT NULL,
  tried_at     INTEGER,
  next_at      INTEGER NOT NULL                 -- of a waiting one
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_failed ON deliveries (tried_at) WHERE state = 'failed';
CREATE INDEX deliveries_by_schedule ON deliveries (schedule, number);
