//! A day.

use jiff::{
    Span,
    civil::{Date, Weekday},
};
use serde_json::{Value, json};

use super::quoted;

pub(super) const HINT: &str = "2026-12-01, tomorrow, friday or +3d";

pub(super) fn value(text: &str, today: Date) -> Result<Value, String> {
    let day = parse_day(text, today).ok_or_else(|| {
        format!("{} is not a day. Write it as `2026-12-01`, `today`, `tomorrow`, `friday` or `+3d`.", quoted(text))
    })?;
    Ok(json!(day.to_string()))
}

/// Reads a day: `2026-12-01`, `today`, `tomorrow`, `yesterday`, a weekday in English (the next one after today), or a
/// distance such as `+3d`, `-1w`, `+2m` or `+1y`.
pub fn parse_day(text: &str, today: Date) -> Option<Date> {
    let text = text.trim().to_lowercase();
    if let Some(distance) = distance(&text) {
        return today.checked_add(distance).ok().filter(written);
    }
    if let Some(weekday) = weekday(&text) {
        return today.nth_weekday(1, weekday).ok();
    }
    match text.as_str() {
        "today" => Some(today),
        "tomorrow" => today.tomorrow().ok(),
        "yesterday" => today.yesterday().ok(),
        _ => {
            // Just `2026-12-01`: the library would read week dates and times as well.
            let bytes = text.as_bytes();
            let shape = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
            text.parse().ok().filter(|_| shape).filter(written)
        }
    }
}

/// Whether a day has a year of four digits, which is all that Jira reads.
fn written(day: &Date) -> bool {
    (1000..=9999).contains(&day.year())
}

fn distance(text: &str) -> Option<Span> {
    let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return None,
    };
    let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|length| *length > 0)?;
    let number: i64 = sign * rest[..digits].parse::<i64>().ok()?;
    match rest[digits..].trim() {
        "d" | "day" | "days" => Span::new().try_days(number),
        "w" | "week" | "weeks" => Span::new().try_weeks(number),
        "m" | "month" | "months" => Span::new().try_months(number),
        "y" | "year" | "years" => Span::new().try_years(number),
        _ => return None,
    }
    .ok()
}

fn weekday(text: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let known = |(name, _): &&(&str, Weekday)| text.len() >= 3 && name.starts_with(text);
    DAYS.iter().find(known).map(|(_, day)| *day)
}
