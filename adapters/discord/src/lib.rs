//! Discord, through serenity: what people do there becomes events, and replies become its messages.
