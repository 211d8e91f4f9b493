-- Tools that take two people in a workspace.
CREATE TABLE pairs (
    workspace TEXT NOT NULL,
    tool      TEXT NOT NULL,
    set_by    TEXT NOT NULL,
    set_at    INTEGER NOT NULL,
    PRIMARY KEY (workspace, tool)
) STRICT, WITHOUT ROWID;

-- The site and the project that are meant where none is named. `subject` is a channel, or a person.
CREATE TABLE defaults (
    subject TEXT PRIMARY KEY,
    site    TEXT,
    project TEXT,
    set_by  TEXT NOT NULL,
    set_at  INTEGER NOT NULL,
    CHECK (site IS NOT NULL OR project IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- When a call from a workspace first worked on a site: nothing less shows that credentials are good.
CREATE TABLE confirmed (
    workspace TEXT NOT NULL,
    site      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, site)
) STRICT, WITHOUT ROWID;

-- Tools that an upgrade brought or changed and that wait, where the admins have not been told.
CREATE TABLE untold (
    workspace TEXT NOT NULL,
    tool      TEXT NOT NULL,
    PRIMARY KEY (workspace, tool)
) STRICT, WITHOUT ROWID;
