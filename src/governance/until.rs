//! When a rule ends: days and times as people write them. Days end at midnight, UTC.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::words::harmless;
use crate::error::Error;

/// Reads an end, in seconds since 1970: `today`, `tomorrow`, `friday`, `2027-03-31`, `12h`, `3d`, `2w`, or a timestamp.
pub(super) fn parse(word: &str, now: Timestamp) -> Result<i64, Error> {
    let word = word.trim().to_ascii_lowercase();
    let today = now.to_zoned(TimeZone::UTC).date();
    let end = day(&word, today).and_then(end_of).or_else(|| span(&word, now)).or_else(|| word.parse().ok());
    match end {
        Some(end) if end > now => Ok(end.as_second()),
        Some(_) => Err(Error::user_hint(format!("`{word}` is over."), "Name a day or a time still to come.")),
        None => Err(Error::user_hint(
            format!("I don't know when `{word}` is."),
            "Write a day such as `friday` or `2027-03-31`, or a time from now such as `3d` or `12h`.",
        )),
    }
}

/// An end as people read it.
pub(super) fn shown(end: i64) -> String {
    let Ok(end) = Timestamp::from_second(end) else { return "the end of time".to_owned() };
    // A day ends at midnight: its last second names the day that people meant.
    let midnight = end.as_second().rem_euclid(86_400) == 0;
    let shown = if midnight { end - SignedDuration::from_secs(1) } else { end };
    let shown = shown.to_zoned(TimeZone::UTC);
    let pattern = if midnight { "the end of %A, %-d %B %Y (UTC)" } else { "%A, %-d %B %Y, %H:%M UTC" };
    shown.strftime(pattern).to_string()
}

/// Reads a time that is over, in milliseconds since 1970: `today`, `yesterday`, `2026-11-30`, `12h`, `3d`, or a timestamp.
pub(super) fn past(word: &str, now: Timestamp) -> Result<i64, Error> {
    let word = word.trim().to_ascii_lowercase();
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = match word.as_str() {
        "today" => Some(today),
        "yesterday" => today.yesterday().ok(),
        _ => word.parse::<Date>().ok().filter(|_| word.len() == "2027-03-31".len()),
    };
    let begin = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|day| day.timestamp());
    let back = || now.checked_sub(span(&word, now)?.duration_since(now)).ok();
    begin.or_else(back).or_else(|| word.parse().ok()).map(Timestamp::as_millisecond).ok_or_else(|| {
        Error::user_hint(
            format!("I don't know when `{}` was.", harmless(&word)),
            "Write a day such as `yesterday` or `2026-11-30`, or a time back such as `3d` or `12h`.",
        )
    })
}

/// A moment as people read it.
pub(super) fn shown_exactly(moment: i64) -> String {
    let Ok(moment) = Timestamp::from_second(moment) else { return "the beginning of time".to_owned() };
    moment.to_zoned(TimeZone::UTC).strftime("%A, %-d %B %Y, %H:%M UTC").to_string()
}

fn day(word: &str, today: Date) -> Option<Date> {
    let weekday = match word {
        "today" => return Some(today),
        "tomorrow" => return today.tomorrow().ok(),
        _ if word.len() >= 3 && "monday".starts_with(word) => Weekday::Monday,
        _ if word.len() >= 3 && "tuesday".starts_with(word) => Weekday::Tuesday,
        _ if word.len() >= 3 && "wednesday".starts_with(word) => Weekday::Wednesday,
        _ if word.len() >= 3 && "thursday".starts_with(word) => Weekday::Thursday,
        _ if word.len() >= 3 && "friday".starts_with(word) => Weekday::Friday,
        _ if word.len() >= 3 && "saturday".starts_with(word) => Weekday::Saturday,
        _ if word.len() >= 3 && "sunday".starts_with(word) => Weekday::Sunday,
        _ => return word.parse().ok().filter(|_| word.len() == "2027-03-31".len()),
    };
    // On a Friday, `friday` is today: the shorter right is the safer one.
    today.yesterday().ok()?.nth_weekday(1, weekday).ok()
}

fn end_of(day: Date) -> Option<Timestamp> {
    day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
}

fn span(word: &str, now: Timestamp) -> Option<Timestamp> {
    let unit = word.chars().next_back()?;
    let count: i64 = word.strip_suffix(unit)?.parse().ok().filter(|count| *count > 0)?;
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        _ => return None,
    };
    now.checked_add(SignedDuration::from_secs(count.checked_mul(hours)?.checked_mul(3600)?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_as_people_write_them() {
        let now: Timestamp = "2026-08-07T10:00:00Z".parse().unwrap(); // a Friday
        let read = |word| parse(word, now).map(|end| Timestamp::from_second(end).unwrap().to_string());
        for (word, end) in [
            ("friday", "2026-08-08T00:00:00Z"),
            ("Fri", "2026-08-08T00:00:00Z"),
            ("today", "2026-08-08T00:00:00Z"),
            ("thursday", "2026-08-14T00:00:00Z"),
            ("tomorrow", "2026-08-09T00:00:00Z"),
            ("2026-12-31", "2027-01-01T00:00:00Z"),
            ("12h", "2026-08-07T22:00:00Z"),
            ("3d", "2026-08-10T10:00:00Z"),
            ("2w", "2026-08-21T10:00:00Z"),
            ("2026-08-07T11:00:00Z", "2026-08-07T11:00:00Z"),
        ] {
            assert_eq!(read(word).unwrap(), end, "{word}");
        }
        for bad in ["", "f", "soon", "3", "-3d", "0d", "9999999999999999w", "2020-01-01", "é", "2026-13-01"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ends_are_shown_as_the_day_that_was_meant() {
        let now: Timestamp = "2026-08-07T10:00:00Z".parse().unwrap();
        assert_eq!(shown(parse("friday", now).unwrap()), "the end of Friday, 7 August 2026 (UTC)");
        assert_eq!(shown(parse("12h", now).unwrap()), "Friday, 7 August 2026, 22:00 UTC");
    }
}
