-- What a database may hold after 0003_requests.
INSERT INTO requests VALUES ('r1', 'terminal:linus', 'terminal:home', 'comment', '00ff', 'acme', '{"args":{"key":"DEMO-1","text":"hello"},"line":"comment DEMO-1 hello","place":{"Channel":{"workspace":{"platform":"terminal","id":"home"},"channel":"eng","thread":null}},"name":"#eng","projects":["DEMO"]}', 'open', NULL, 1793600000);
INSERT INTO notices VALUES ('terminal:home', '{"Channel":{"workspace":{"platform":"terminal","id":"home"},"channel":"ops","thread":null}}', 'terminal:root', 1793400030);
INSERT INTO commanders VALUES ('terminal:home', 'terminal:root', 1793400031);
