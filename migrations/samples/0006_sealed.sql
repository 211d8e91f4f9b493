INSERT INTO memory VALUES ('terminal', 'sealed', x'01026b31', 1);
