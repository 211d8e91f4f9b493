-- What somebody was refused and asked an admin for; once allowed, it works once. `asked` is JSON: the call and its place.
CREATE TABLE requests (
    id         TEXT PRIMARY KEY,
    person     TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    tool       TEXT NOT NULL,
    args       TEXT NOT NULL,
    site       TEXT NOT NULL,
    asked      TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'allowed', 'declined', 'used')),
    decided_by TEXT,
    expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One that is open for a person and a tool.
CREATE UNIQUE INDEX requests_open ON requests (workspace, person, tool) WHERE state = 'open';
CREATE INDEX requests_allowed ON requests (person, tool, args) WHERE state = 'allowed';
CREATE INDEX requests_expires ON requests (expires);

-- Where notices to a workspace's admins go.
CREATE TABLE notices (
    workspace TEXT PRIMARY KEY,
    place     TEXT NOT NULL,
    set_by    TEXT NOT NULL,
    set_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who has used admin commands in a workspace. Whether they still may is asked of the platform.
CREATE TABLE commanders (
    workspace TEXT NOT NULL,
    person    TEXT NOT NULL,
    last      INTEGER NOT NULL,
    PRIMARY KEY (workspace, person)
) STRICT, WITHOUT ROWID;
