//! The account commands: `connect`, `disconnect`, `whoami`. Their doc comments are the help.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

/// A command about the person's own Jira accounts. It works everywhere and is answered in private.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountCommand {
    /// Link your Jira account, so that I act in your name
    Connect(Connect),
    /// Delete your link and its access
    Disconnect(Disconnect),
    /// Show which Jira accounts you are linked to
    Whoami,
}

/// Arguments of `connect`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Connect {
    /// The Jira site, by name or address. Needed only where there are several
    pub site: Option<String>,
    /// Explain what to do when Jira shows no verification code
    #[arg(long, hide = true)]
    #[serde(default)]
    pub no_code: bool,
}

/// Arguments of `disconnect`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Disconnect {
    /// The Jira site, by name or address. Needed only where you are linked to several
    pub site: Option<String>,
}

impl AccountCommand {
    /// `connect` to a site, or to the only one.
    pub fn connect(site: Option<String>) -> Self {
        Self::Connect(Connect { site, no_code: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, FromArgMatches, Parser};

    #[derive(Parser)]
    #[command(no_binary_name = true)]
    struct Line {
        #[command(subcommand)]
        command: AccountCommand,
    }

    fn parse(line: &str) -> Option<AccountCommand> {
        let matches = Line::command().try_get_matches_from(line.split_whitespace()).ok()?;
        Line::from_arg_matches(&matches).ok().map(|line| line.command)
    }

    #[test]
    fn the_grammar() {
        assert_eq!(parse("connect"), Some(AccountCommand::connect(None)));
        assert_eq!(parse("connect acme"), Some(AccountCommand::connect(Some("acme".into()))));
        assert_eq!(
            parse("connect corp --no-code"),
            Some(AccountCommand::Connect(Connect { site: Some("corp".into()), no_code: true }))
        );
        assert_eq!(parse("disconnect"), Some(AccountCommand::Disconnect(Disconnect::default())));
        assert_eq!(parse("whoami"), Some(AccountCommand::Whoami));
        assert_eq!(parse("whoami acme"), None);
        assert_eq!(parse("connect a b"), None);
    }
}
