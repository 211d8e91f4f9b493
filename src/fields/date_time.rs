//! A day and a time.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde_json::{Value, json};

use super::{Context, parse_day, quoted};

pub(super) const HINT: &str = "2026-12-01 14:30, or tomorrow 9:00";

pub(super) fn value(text: &str, context: &Context) -> Result<Value, String> {
    if parse_day(text, context.today).is_some() {
        return Err(format!("{} has no time. Add one, such as `{text} 14:30`.", quoted(text)));
    }
    let moment = parse_moment(text, context.today, &context.time_zone).ok_or_else(|| {
        format!("{} is not a day and time. Write it as `2026-12-01 14:30` or `tomorrow 9:00`.", quoted(text))
    })?;
    Ok(json!(moment.strftime("%Y-%m-%dT%H:%M:%S.000%z").to_string()))
}

/// Reads a moment: a day as [`parse_day`] reads it and then `14:30`, or RFC 3339 with its own offset.
pub fn parse_moment(text: &str, today: Date, time_zone: &TimeZone) -> Option<Zoned> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.to_zoned(time_zone.clone())).filter(|moment| (1000..=9999).contains(&moment.year()));
    }
    let (day, time) = text.rsplit_once(char::is_whitespace).or_else(|| text.split_once(['T', 't']))?;
    let day = parse_day(day.trim_end_matches(" at"), today)?;
    let time = Time::strptime("%H:%M", time).or_else(|_| Time::strptime("%H:%M:%S", time)).ok()?;
    day.to_datetime(time).to_zoned(time_zone.clone()).ok()
}
