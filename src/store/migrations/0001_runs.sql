-- Moments are microseconds since 1970-01-01 UTC. Ids of runs and keys are ours: [a-z0-9_-]{1,64}.

CREATE TABLE runs (
  number      INTEGER PRIMARY KEY,            -- in the order they were asked for
  id          TEXT NOT NULL UNIQUE,
  state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'partial', 'failed', 'cancelled', 'interrupted')),
  owner       TEXT NOT NULL,                  -- id of the API key, or 'local'
  subject     TEXT NOT NULL,                  -- the data it is about, without secrets; findings are followed within it
  focus       TEXT NOT NULL,                  -- name of the focus area, or ''
  request     TEXT NOT NULL,                  -- what was asked for, JSON
  created_at  INTEGER NOT NULL,
  started_at  INTEGER,
  ended_at    INTEGER,
  reason      TEXT NOT NULL DEFAULT '',       -- why it is partial, failed, cancelled or interrupted
  report      TEXT                            -- JSON of the report room
) STRICT;
CREATE INDEX runs_by_state ON runs (state, number);
CREATE INDEX runs_by_end ON runs (ended_at);

-- A finding followed through the runs about one subject.
CREATE TABLE findings (
  number         INTEGER PRIMARY KEY,
  subject        TEXT NOT NULL,
  fingerprint    TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('new', 'persisting', 'worse', 'better', 'resolved', 'back')),
  first_run      TEXT NOT NULL,
  last_run       TEXT NOT NULL,               -- the last that proved it
  first_seen_at  INTEGER NOT NULL,
  last_seen_at   INTEGER NOT NULL,
  changed_at     INTEGER NOT NULL,            -- when its state last became another, or worse or better once more
  snoozed_until  INTEGER,
  focus          TEXT NOT NULL,               -- of the last run that proved it
  UNIQUE (subject, fingerprint)
) STRICT;
CREATE INDEX findings_by_change ON findings (changed_at);

-- What one run proved of it.
CREATE TABLE sightings (
  run          TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  finding      INTEGER NOT NULL REFERENCES findings (number) ON DELETE CASCADE,
  position     INTEGER,                       -- in the run's ranking, from 1; NULL: proven, not published (yet)
  change       TEXT,                          -- against the run before; NULL until the run has ended
  pattern      TEXT NOT NULL,
  severity     TEXT NOT NULL,
  title        TEXT NOT NULL,
  account      TEXT NOT NULL,
  amount       REAL,                          -- NULL where no amount is stated
  amount_low   REAL,
  amount_high  REAL,
  body         TEXT NOT NULL,                 -- the finding as the report has it, JSON
  PRIMARY KEY (run, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_finding ON sightings (finding);

CREATE TABLE entities (
  finding  INTEGER NOT NULL REFERENCES findings (number) ON DELETE CASCADE,
  column   TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (finding, column, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX entities_by_value ON entities (value);

CREATE TABLE events (
  run       TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  sequence  INTEGER NOT NULL,                 -- from 1, without gaps
  at        INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  body      TEXT NOT NULL,                    -- JSON
  PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE queries (
  run           TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  sequence      INTEGER NOT NULL,             -- from 1
  at            INTEGER NOT NULL,
  sql           TEXT NOT NULL,
  rows          INTEGER NOT NULL,
  milliseconds  INTEGER NOT NULL,
  error         TEXT NOT NULL,                -- '' when it was answered
  PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  digest        TEXT NOT NULL UNIQUE,         -- of the secret, hexadecimal; the secret is nowhere
  scopes        TEXT NOT NULL,                -- with spaces between
  created_at    INTEGER NOT NULL,
  revoked_at    INTEGER,
  last_used_at  INTEGER
) STRICT;

-- An answer to a POST that may come again.
CREATE TABLE repeats (
  owner       TEXT NOT NULL,
  token       TEXT NOT NULL,                  -- the Idempotency-Key
  request     TEXT NOT NULL,                  -- digest of what was asked for
  run         TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (owner, token)
) STRICT, WITHOUT ROWID;

-- Written now and then, to know whether it can be.
CREATE TABLE pulse (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  at   INTEGER NOT NULL
) STRICT;
