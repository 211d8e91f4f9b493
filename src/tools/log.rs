//! `log`: logs time on an issue.

use clap::Args as ClapArgs;
use jiff::{Timestamp, ToSpan, Zoned, civil::Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, mentions, named, show};
use crate::{
    error::Error,
    fields,
    ids::{Access, Flags, IssueKey},
    jira::{Estimate, duration},
    replies::{About, Done, Offer, Outcome, Shape},
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
    /// When you began, such as 9:30 or yesterday 14:00
    #[arg(long, value_name = "WHEN")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// What is left to do, such as 2h, or same to leave the estimate as it is
    #[arg(long, value_name = "TIME")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<String>,
}

/// When work began of which only the day is told.
const MORNING: Time = Time::constant(9, 0, 0, 0);

impl Tool for Log {
    const NAME: &'static str = "log";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/worklog"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] =
        &["log DEMO-7 1h30m fixing focus", "log DEMO-7 2h --start \"yesterday 14:00\" --remaining 1h fixing focus"];
    const REST: bool = true;
    const RICH: &'static [&'static str] = &["note"];
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
        let body = (!note.is_empty()).then(|| mentions::body(&call, note));
        let estimate = estimate(call.args.remaining.as_deref())?;
        let started = started(&call).await?;
        let logged = call.jira.worklogs().add_with(key, seconds, started, body.as_ref(), estimate).await.at(&call)?;
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
        let args = serde_json::json!({ "key": key, "worklog": named::by_id(logged.id.as_str()) });
        let undo = Offer::mine("Undo", show::deed("unlog", args, call.site()));
        Ok(Outcome::new(Shape::Done(done), about).changed(key).offering([undo]))
    }
}

fn estimate(word: Option<&str>) -> Result<Estimate, Error> {
    match word.map(str::trim).filter(|word| !word.is_empty()) {
        None => Ok(Estimate::Auto),
        Some(word) if word.eq_ignore_ascii_case("same") => Ok(Estimate::Leave),
        // None left is a good answer, though it is no time that anybody could log.
        Some("0" | "0m" | "0h" | "nothing" | "none") => Ok(Estimate::New(0)),
        Some(word) => Ok(Estimate::New(duration::parse(word)?)),
    }
}

/// When the work began, in the time zone that the person has chosen in Jira.
async fn started(call: &Call<Args>) -> Result<Timestamp, Error> {
    let Some(word) = call.args.start.as_deref().map(str::trim).filter(|word| !word.is_empty()) else {
        return Ok(call.now());
    };
    let zone = call.jira.users().time_zone().await.at(call)?;
    let today = call.now().to_zoned(zone.clone()).date();
    let at_time =
        || Time::strptime("%H:%M", word).ok()?.on(today.year(), today.month(), today.day()).to_zoned(zone.clone()).ok();
    let on_day = || fields::parse_day(word, today)?.to_datetime(MORNING).to_zoned(zone.clone()).ok();
    let moment = fields::parse_moment(word, today, &zone).or_else(at_time).or_else(on_day);
    // Nobody logs work of next Friday: `friday` is the last one.
    let ahead = |moment: &Zoned| moment.timestamp() > call.now() && weekday(word);
    let moment =
        moment.map(|moment| if ahead(&moment) { moment.checked_sub(7.days()).unwrap_or(moment) } else { moment });
    moment.map(|moment| moment.timestamp()).ok_or_else(|| {
        Error::user_hint(
            format!("`{}` is not a moment.", crate::replies::shorten(word)),
            "Write it like `9:30`, `yesterday 14:00` or `2026-11-20 9:00`.",
        )
    })
}

fn weekday(word: &str) -> bool {
    let letters: String = word.chars().take(3).flat_map(char::to_lowercase).collect();
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&letters.as_str())
}
