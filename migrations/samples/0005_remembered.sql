-- What a database may hold after 0005_remembered.
INSERT INTO remembered VALUES ('terminal:linus', 'create', 'acme', '{"project":"DEMO","type":"bug"}', 1793400050);
