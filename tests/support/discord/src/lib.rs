//! A small Discord for tests: REST and gateway, with its own deadlines and refusals.
