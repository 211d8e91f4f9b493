-- What a database may hold after 0001_start. Seals were made with the key in tests/migrations.rs.
INSERT INTO meta VALUES ('instance', '5b3c9f0e-6d3e-4e55-9d53-0f6f5a9d2c11');
INSERT INTO meta VALUES ('key:k1', '9bc4438f3f2187e6d9375010536e194f');
INSERT INTO meta VALUES ('audit:head', 'k1:2:ef1e1e440dd9df0963a13aec556368db126b21179c402fca60dbf36cb46876dc:55155052c0306acad068caa595558ddf40c314ac8819c03840c6aa8139a250ec');
INSERT INTO events VALUES ('terminal', 'e1', 1793500000);
INSERT INTO workspaces VALUES ('terminal:home', 'home', 'terminal:root', 1793400000);
INSERT INTO approvals VALUES ('terminal:home', 'create', 'approved', 'd1', 'terminal:root', 1793400001);
INSERT INTO grants VALUES ('g1', 'allow', 'contributor', 'everyone', 'terminal:home', 'eng', '["DEMO"]', NULL, 'terminal:root', 1793400002);
INSERT INTO links VALUES ('0b8f9a52-2c9e-4d0c-8a57-3f3c1f7f0a01', 'terminal:ada', 'acme', 'oauth2-cloud', '5b10a2844c20165700ede21g', 'Ada Lovelace', 'active', 1793400003, 1793400010, 1824936003, 'read:jira-work offline_access');
INSERT INTO credentials VALUES ('0b8f9a52-2c9e-4d0c-8a57-3f3c1f7f0a01', 1, x'01026b31111555b99058da73fd30bcfd9de4b80072f2239ce3621a2791c0ed8ee65a93635fb064dc4673709dd2dc420df157729675bd4da22bd22d66f9', NULL);
INSERT INTO attempts VALUES ('a1', 'terminal:ada', 'corp', 'oauth1', 'asked', NULL, NULL, NULL, NULL, 5, x'01026b31', '{"person":"ada"}', NULL, NULL, 1793500000, 1793500600);
INSERT INTO link_projects VALUES ('0b8f9a52-2c9e-4d0c-8a57-3f3c1f7f0a01', 'DEMO', 1793400011);
INSERT INTO memory VALUES ('terminal', 'people', x'5b5d');
INSERT INTO actions VALUES ('00000000000000000000000000000001', 'terminal:ada', 'terminal:home/eng', '{"line":"view DEMO-1"}', 0, 0, 1793586400);
INSERT INTO audit VALUES (1, 1793500000000, 'decision', 'e1', 'K7Q2', 'terminal:ada', 'terminal:home/eng', 'create', 'write', 'acme', NULL, 'ab12', 'deny:no-grant', 'null', NULL, 'k1', x'4f046ccd67809213296cbf679bbe30ef313f0663f57762ddef58c4ef33f3bb7b');
INSERT INTO audit VALUES (2, 1793500001000, 'outcome', NULL, NULL, 'terminal:ada', NULL, NULL, NULL, NULL, 'DEMO-1', NULL, 'done', '{"seconds":60,"note":"''quoted''"}', 1, 'k1', x'ef1e1e440dd9df0963a13aec556368db126b21179c402fca60dbf36cb46876dc');
INSERT INTO refusal_folds VALUES ('5f3a', 1, 1793500060000, 1793500002000, 1);
