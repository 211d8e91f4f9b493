//! A small Telegram for tests: the Bot API with its own limits and refusals.
