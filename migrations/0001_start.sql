-- Times are whole seconds since 1970, except in `audit` and `refusal_folds`: milliseconds.
-- Ids are text as they print (`discord:1234`); JSON is text; sealed bytes are envelopes of `keys.rs`.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Events that were handled. An id that comes again is the same thing told twice.
CREATE TABLE events (
    platform TEXT NOT NULL,
    event    TEXT NOT NULL,
    seen     INTEGER NOT NULL,
    PRIMARY KEY (platform, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_seen ON events (seen);

-- Workspaces that an owner has admitted.
CREATE TABLE workspaces (
    workspace TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    admitted_by TEXT NOT NULL,
    admitted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
    workspace TEXT NOT NULL,
    tool      TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'blocked')),
    digest    TEXT NOT NULL,
    set_by    TEXT,
    set_at    INTEGER NOT NULL,
    PRIMARY KEY (workspace, tool)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    id        TEXT PRIMARY KEY,
    effect    TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
    tools     TEXT NOT NULL,
    profile   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT,
    projects  TEXT,
    until     INTEGER,
    set_by    TEXT NOT NULL,
    set_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One rule for the same profile, place and tools: the later one replaces the earlier.
CREATE UNIQUE INDEX grants_one ON grants (workspace, ifnull('#' || channel, ''), profile, tools);

CREATE TABLE links (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL,
    site         TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('oauth2-cloud', 'oauth2-data-center', 'oauth1')),
    account      TEXT NOT NULL,
    account_name TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'active', 'expired')),
    created      INTEGER NOT NULL,
    activated    INTEGER,
    expires      INTEGER NOT NULL,
    scopes       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- At most one link that was confirmed, and one that waits to be, for a person on a site.
CREATE UNIQUE INDEX links_confirmed ON links (person, site) WHERE state <> 'pending';
CREATE UNIQUE INDEX links_pending ON links (person, site) WHERE state = 'pending';
CREATE INDEX links_account ON links (site, account);

-- Apart from links, so that nothing but a refresh moves a generation.
CREATE TABLE credentials (
    link             TEXT PRIMARY KEY REFERENCES links (id) ON DELETE CASCADE,
    generation       INTEGER NOT NULL,
    sealed           BLOB NOT NULL,
    refreshing_since INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX credentials_refreshing ON credentials (refreshing_since) WHERE refreshing_since IS NOT NULL;

-- Linking that is under way: at most one for a person on a site.
CREATE TABLE attempts (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL,
    site        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    stage       TEXT NOT NULL,
    ticket_hash TEXT,
    state_hash TEXT,
    cookie_hash TEXT,
    code_hash TEXT,
    tries       INTEGER NOT NULL,
    sealed      BLOB NOT NULL,
    names       TEXT NOT NULL,
    resume      TEXT,
    link        TEXT REFERENCES links (id) ON DELETE CASCADE,
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    UNIQUE (person, site)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX attempts_ticket ON attempts (ticket_hash) WHERE ticket_hash IS NOT NULL;
CREATE UNIQUE INDEX attempts_state ON attempts (state_hash) WHERE state_hash IS NOT NULL;
CREATE INDEX attempts_link ON attempts (link) WHERE link IS NOT NULL;
CREATE INDEX attempts_expires ON attempts (expires);

-- Projects that a linked account was seen to reach, to find the site of a key.
CREATE TABLE link_projects (
    link    TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    project TEXT NOT NULL,
    seen    INTEGER NOT NULL,
    PRIMARY KEY (link, project)
) STRICT, WITHOUT ROWID;

CREATE TABLE memory (
    adapter TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (adapter, key)
) STRICT, WITHOUT ROWID;

-- Buttons and forms on offer.
CREATE TABLE actions (
    id      TEXT PRIMARY KEY,
    holder  TEXT,
    place   TEXT NOT NULL,
    payload TEXT NOT NULL,
    once    INTEGER NOT NULL CHECK (once IN (0, 1)),
    spent   INTEGER NOT NULL DEFAULT 0 CHECK (spent IN (0, 1)),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_expires ON actions (expires);

-- The chain. `mac` covers every other column and the `mac` before. No index: every call writes here, few commands read.
CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    event     TEXT,
    reference TEXT,
    person    TEXT,
    place     TEXT,
    tool      TEXT,
    access    TEXT,
    site      TEXT,
    issue     TEXT,
    args      TEXT,
    verdict   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    about     INTEGER,
    key       TEXT NOT NULL,
    mac       BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
-- `INSERT OR REPLACE` deletes without asking the trigger above.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN NEW.seq <= (SELECT max(seq) FROM audit)
BEGIN SELECT RAISE(ABORT, 'audit rows are only added at the end'); END;

-- Equal refusals within a minute: the first has a row in `audit`, the others are counted here until the minute is over.
CREATE TABLE refusal_folds (
    likeness TEXT PRIMARY KEY,
    first    INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    repeats  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refusal_folds_until ON refusal_folds (until);
