-- A workspace's own toolsets and profiles. Members are a JSON list: names of tools, or profiles as grants hold them.
CREATE TABLE sets (
    workspace TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('tools', 'people')),
    name      TEXT NOT NULL,
    members   TEXT NOT NULL,
    set_by    TEXT NOT NULL,
    set_at    INTEGER NOT NULL,
    PRIMARY KEY (workspace, kind, name)
) STRICT, WITHOUT ROWID;

-- What is stopped. `workspace` is empty where it is stopped everywhere; `owner` is 1 where only an owner starts it again.
CREATE TABLE switches (
    workspace  TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('everything', 'platform', 'site', 'tool')),
    name       TEXT NOT NULL,
    owner      INTEGER NOT NULL CHECK (owner IN (0, 1)),
    stopped_by TEXT NOT NULL,
    stopped_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, kind, name)
) STRICT, WITHOUT ROWID;

-- How much of a tool somebody has used lately: when, in milliseconds, all of it would be free again.
CREATE TABLE rates (
    person TEXT NOT NULL,
    tool   TEXT NOT NULL,
    free   INTEGER NOT NULL,
    PRIMARY KEY (person, tool)
) STRICT, WITHOUT ROWID;
CREATE INDEX rates_free ON rates (free);
