//! Single values in requests: people, long text, durations, moments, who may read.
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::Ask;
use crate::adf;
use crate::world::{PersonId, RichText, Role, Visibility};

const HOUR: u64 = 3_600;
/// Jira's default working day.
const DAY: u64 = 8 * HOUR;
/// Jira's default working week.
const WEEK: u64 = 5 * DAY;

/// The longest text that Jira stores, in characters.
const TEXT_LIMIT: usize = 32_767;

/// `1h 30m`, with days of eight hours and weeks of five days.
pub(crate) fn pretty_duration(seconds: u64) -> String {
    let parts = [(WEEK, 'w'), (DAY, 'd'), (HOUR, 'h'), (60, 'm')];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (unit, letter) in parts {
        if rest >= unit {
            words.push(format!("{}{letter}", rest / unit));
            rest %= unit;
        }
    }
    if words.is_empty() { "0m".into() } else { words.join(" ") }
}

/// Reads `1w 2d 3h 4m`; a bare number is minutes. None for anything else.
pub(crate) fn duration(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut words = text.split_whitespace().peekable();
    words.peek()?;
    for word in words {
        let (number, unit) = match word.find(|letter: char| letter.is_ascii_alphabetic()) {
            Some(at) => (&word[..at], &word[at..]),
            None => (word, "m"),
        };
        let unit = match unit {
            "w" => WEEK,
            "d" => DAY,
            "h" => HOUR,
            "m" => 60,
            _ => return None,
        };
        let number: f64 = number.parse().ok().filter(|number| (0.0..1e6).contains(number))?;
        // Below 1e6 weeks this fits; the check above keeps it so.
        total = total.checked_add((number * unit as f64).round() as u64)?;
    }
    Some(total)
}

/// Reads `2021-01-17T12:34:00.000+0000`, the one form that Jira takes for `started`.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let shape = text.len() == 28 && text.as_bytes()[19] == b'.';
    if !shape {
        return None;
    }
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok()
}

/// Reads `2026-11-20`.
pub(crate) fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// The start of a day or a moment without zone, in the sandbox's zone (UTC).
pub(crate) fn utc(at: DateTime) -> Option<Timestamp> {
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

impl Ask<'_> {
    /// Long text in this site's form.
    pub fn rich_text(&self, value: &Value) -> Result<RichText, String> {
        let text = if self.site.is_cloud() {
            if !value.is_object() {
                return Err("Operation value must be an Atlassian Document (see the Atlassian Document Format)".into());
            }
            if !adf::is_valid(value) {
                return Err("INVALID_INPUT".into());
            }
            RichText::Adf(value.clone().into())
        } else {
            RichText::Wiki(value.as_str().ok_or("Operation value must be a string")?.into())
        };
        if text.plain().chars().count() > TEXT_LIMIT {
            return Err("The entered text is too long. It exceeds the allowed limit of 32,767 characters.".into());
        }
        Ok(text)
    }

    /// The person that an object names: by `accountId` (or `id`) on Cloud, by `name` on Data Center. Nothing else counts.
    pub fn person(&self, value: &Value) -> Result<PersonId, String> {
        let Some(object) = value.as_object() else { return Err("data was not an object".into()) };
        let (names, wanted): (&[&str], _) =
            if self.site.is_cloud() { (&["accountId", "id"], "accountId") } else { (&["name"], "name") };
        let key = names.iter().find_map(|name| object.get(*name)).and_then(Value::as_str);
        let Some(key) = key else { return Err(format!("expected an object containing a '{wanted}' property")) };
        self.person_by_key(key).ok_or_else(|| format!("User '{key}' does not exist."))
    }

    /// The person with this account id (Cloud) or user name (Data Center).
    pub fn person_by_key(&self, key: &str) -> Option<PersonId> {
        let cloud = self.site.is_cloud();
        let person = self.people.iter().find(|one| if cloud { one.account_id == key } else { one.dc_name == key });
        person.map(|person| person.id.clone())
    }

    /// Who may read a comment or worklog. The asker has to be one of them.
    pub fn visibility(&self, value: Option<&Value>, issue: u64) -> Result<Option<Visibility>, String> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let name = text("value").or_else(|| text("identifier")).unwrap_or_default();
        let visibility = match text("type") {
            Some("role") => Role::named(name).map(Visibility::Role),
            Some("group") => Some(Visibility::Group(name.to_owned())),
            _ => return Err("The visibility type is not valid. Use 'group' or 'role'.".into()),
        };
        let known = visibility.filter(|one| self.site.reads(self.me, self.project_of(issue), Some(one)));
        known.map(Some).ok_or_else(|| format!("You are currently not a member of the project role or group: {name}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_as_jira_does() {
        let cases = [("1h 30m", 5_400), ("90", 5_400), ("1d", 28_800), ("1w", 144_000), ("1.5h", 5_400), ("0m", 0)];
        for (text, seconds) in cases {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for wrong in ["", "1x", "h", "-1h", "1h30", "one hour", "99999999999w", "1hm"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!(pretty_duration(144_000 + 28_800 + 3_660), "1w 1d 1h 1m");
        assert_eq!(pretty_duration(0), "0m");
    }

    #[test]
    fn a_moment_has_milliseconds_and_an_offset_without_colon() {
        assert_eq!(
            moment("2021-01-17T12:34:00.000+0100").map(|at| at.to_string()).as_deref(),
            Some("2021-01-17T11:34:00Z")
        );
        for wrong in ["2021-01-17T12:34:00Z", "2021-01-17T12:34:00.000Z", "2021-01-17T12:34:00.000+01:00", "today"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }
}
