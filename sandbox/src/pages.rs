//! The HTML shared by the pages of both token servers.
