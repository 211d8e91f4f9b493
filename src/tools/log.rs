//! `log`: logs time on an issue.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::duration,
    replies::{About, Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Log;

/// Log time on an issue
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// How long, such as 1h30m, 45m or 2d (a day is 8 hours)
    pub time: String,
    /// What you did
    pub note: Option<String>,
}

impl Tool for Log {
    const NAME: &'static str = "log";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/worklog"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["log DEMO-7 1h30m fixing focus"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("time", Source::Duration)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let key = &call.args.key;
        let whole = [Some(call.args.time.as_str()), call.args.note.as_deref()].into_iter().flatten();
        let whole = whole.collect::<Vec<_>>().join(" ");
        let (seconds, note) = duration::leading(&whole)?;
        let body = (!note.is_empty()).then(|| show::body(note, call.jira.site()));
        let now = call.now();
        call.jira.worklogs().add(key, seconds, now, body.as_ref()).await.at(&call)?;
        let mut words = format!("Logged {} on {key}", duration::format(seconds));
        // How much there is in all takes another look; a failure there must not hide that the time was logged.
        if let Ok(issue) = call.jira.issues().get(key).await {
            let all = issue.spent.filter(|spent| *spent > seconds);
            let all = all.map(|spent| format!("{} in all", duration::format(spent)));
            let left = issue.remaining.map(|left| format!("{} left", duration::format(left)));
            let more: Vec<String> = all.into_iter().chain(left).collect();
            if !more.is_empty() {
                words = format!("{words} ({})", more.join(", "));
            }
        }
        let url = call.jira.site().browse_url(key).to_string();
        let about = About { personal: true, ..About::project(key.project().clone()) };
        let done = Done { text: Text::plain(format!("{words}.")), url: Some(url) };
        Ok(Outcome::new(Shape::Done(done), about).changed(key))
    }
}
