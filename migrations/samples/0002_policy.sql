-- What a database may hold after 0002_policy.
INSERT INTO sets VALUES ('terminal:home', 'tools', 'triage', '["find","view"]', 'terminal:root', 1793400020);
INSERT INTO sets VALUES ('terminal:home', 'people', 'oncall', '["person:terminal:ada","role:sre"]', 'terminal:root', 1793400021);
INSERT INTO switches VALUES ('terminal:home', 'tool', 'delete', 0, 'terminal:root', 1793400022);
INSERT INTO switches VALUES ('', 'site', 'corp', 1, 'shell:owner', 1793400023);
INSERT INTO rates VALUES ('terminal:ada', 'create', 1793500060000);
