-- What somebody gave for some arguments of a tool the last time it worked, as a JSON object.
CREATE TABLE remembered (
    person TEXT NOT NULL,
    tool   TEXT NOT NULL,
    site   TEXT NOT NULL,
    args   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (person, tool)
) STRICT, WITHOUT ROWID;
