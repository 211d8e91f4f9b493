//! Moments as JQL writes them: days, times, `-7d`, `startOfDay(-1)`.
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Single;
use crate::rest::utc;

/// The moment that a value names. None is a value that is no date.
pub(super) fn moment(now: Timestamp, value: &Single) -> Result<Option<Timestamp>, String> {
    match value {
        Single::Text(text) => Ok(absolute(text).or_else(|| relative(now, text))),
        Single::Function { name, arguments } => function(now, name, arguments),
        Single::Empty => Ok(None),
    }
}

fn absolute(text: &str) -> Option<Timestamp> {
    let text = text.trim().replace('/', "-");
    let (day, time) = text.split_once(' ').unwrap_or((&text, "0:0"));
    let mut parts = day.split('-');
    let (year, month, date) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let (hour, minute) = time.split_once(':')?;
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, date.parse().ok()?).ok()?;
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = ((0..24).contains(&hour) && (0..60).contains(&minute)).then(|| day.at(hour, minute, 0, 0))?;
    utc(at)
}

/// `-7d`, `4w 2d`, `-1h 30m`: calendar units before or after now.
fn relative(now: Timestamp, text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { -1 } else { 1 }, rest),
        None => (1, text),
    };
    let mut seconds: i64 = 0;
    let mut words = rest.split_whitespace().peekable();
    words.peek()?;
    for word in words {
        let unit = match word.chars().last()? {
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            _ => return None,
        };
        let number: i64 = word[..word.len() - 1].parse().ok().filter(|number| (0..1_000_000).contains(number))?;
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
    }
    now.checked_add(SignedDuration::from_secs(sign * seconds)).ok()
}

fn function(now: Timestamp, name: &str, arguments: &[String]) -> Result<Option<Timestamp>, String> {
    let lower = name.to_ascii_lowercase();
    if lower == "now" {
        return Ok(Some(now));
    }
    let (end, unit) = match lower
        .strip_prefix("startof")
        .map(|unit| (false, unit))
        .or_else(|| lower.strip_prefix("endof").map(|unit| (true, unit)))
    {
        Some((end, unit @ ("day" | "week" | "month" | "year"))) => (end, unit),
        _ => return Err(format!("Unable to find JQL function '{name}({})'.", arguments.join(", "))),
    };
    let offset = arguments.first().map_or(Some((0, None)), |text| offset(text));
    let wrong = || {
        format!(
            "Date value '{}' for function '{name}' is invalid. A period format is expected, e.g. '-1', '+2w'.",
            arguments.join(", ")
        )
    };
    let (count, own_unit) = offset.ok_or_else(wrong)?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let shifted = shift(today, count, own_unit.unwrap_or(unit)).ok_or_else(wrong)?;
    let start = start_of(shifted, unit);
    let at = if end { start.and_then(|start| shift(start, 1, unit)) } else { start };
    let at = at.and_then(|date| utc(DateTime::from_parts(date, jiff::civil::Time::midnight())));
    // The end of a day is its last second.
    let at = if end { at.and_then(|at| at.checked_sub(SignedDuration::from_secs(1)).ok()) } else { at };
    at.map(Some).ok_or_else(wrong)
}

/// `-1` counts in the function's own unit, `-1w` in weeks.
fn offset(text: &str) -> Option<(i64, Option<&'static str>)> {
    let unit = match text.chars().last()? {
        'd' => Some("day"),
        'w' => Some("week"),
        'M' => Some("month"),
        'y' => Some("year"),
        _ => None,
    };
    let number = if unit.is_some() { &text[..text.len() - 1] } else { text };
    let number: i64 = number.strip_prefix('+').unwrap_or(number).parse().ok()?;
    (number.abs() < 10_000).then_some((number, unit))
}

fn shift(date: Date, count: i64, unit: &str) -> Option<Date> {
    let span = jiff::Span::new();
    let span = match unit {
        "day" => span.try_days(count),
        "week" => span.try_weeks(count),
        "month" => span.try_months(count),
        _ => span.try_years(count),
    };
    date.checked_add(span.ok()?).ok()
}

fn start_of(date: Date, unit: &str) -> Option<Date> {
    match unit {
        "day" => Some(date),
        // Jira's week begins on Sunday unless the locale says otherwise; en_GB says Monday.
        "week" if date.weekday() == Weekday::Monday => Some(date),
        "week" => date.nth_weekday(-1, Weekday::Monday).ok(),
        "month" => Some(date.first_of_month()),
        _ => Some(date.first_of_year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: &str) -> Option<String> {
        let now = "2026-11-18T10:30:00Z".parse().expect("a time");
        let value = match value.split_once('(') {
            Some((name, rest)) => {
                let argument = rest.trim_end_matches(')');
                let arguments = if argument.is_empty() { Vec::new() } else { vec![argument.to_owned()] };
                Single::Function { name: name.into(), arguments }
            }
            None => Single::Text(value.into()),
        };
        moment(now, &value).ok().flatten().map(|at| at.to_string())
    }

    #[test]
    fn every_way_to_write_a_moment() {
        let cases = [
            ("2026-11-01", Some("2026-11-01T00:00:00Z")),
            ("2026/11/1 14:05", Some("2026-11-01T14:05:00Z")),
            ("-7d", Some("2026-11-11T10:30:00Z")),
            ("-1h 30m", Some("2026-11-18T09:00:00Z")),
            ("2w", Some("2026-12-02T10:30:00Z")),
            ("now()", Some("2026-11-18T10:30:00Z")),
            ("startOfDay()", Some("2026-11-18T00:00:00Z")),
            ("startOfDay(-1)", Some("2026-11-17T00:00:00Z")),
            ("startOfWeek()", Some("2026-11-16T00:00:00Z")),
            ("startOfWeek(-1w)", Some("2026-11-09T00:00:00Z")),
            ("endOfMonth()", Some("2026-11-30T23:59:59Z")),
            ("startOfYear()", Some("2026-01-01T00:00:00Z")),
            ("yesterday", None),
            ("2026-13-01", None),
            ("26-11-01", None),
            ("-7x", None),
            ("", None),
            ("nextFullMoon()", None),
        ];
        for (text, expected) in cases {
            assert_eq!(at(text).as_deref(), expected, "{text}");
        }
    }
}
