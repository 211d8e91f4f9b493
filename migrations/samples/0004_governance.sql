-- What a database may hold after 0004_governance.
INSERT INTO pairs VALUES ('terminal:home', 'assign', 'terminal:root', 1793400040);
INSERT INTO defaults VALUES ('terminal:linus', 'acme', 'DEMO', 'terminal:linus', 1793400041);
INSERT INTO defaults VALUES ('terminal:home/eng', NULL, 'DEMO', 'terminal:root', 1793400042);
INSERT INTO confirmed VALUES ('terminal:home', 'acme', 1793400043);
INSERT INTO untold VALUES ('terminal:home', 'assign');
