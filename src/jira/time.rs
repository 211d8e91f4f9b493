//! Jira's way of writing a moment: `2021-01-17T12:34:00.000+0000`.

use jiff::{Timestamp, tz::TimeZone};

/// A moment as Jira wants it, for example in a worklog's `started`. In UTC, to the millisecond.
pub fn write(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
}

/// A moment as Jira gives it, with or without a colon in its offset.
pub fn read(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_way_there_and_back() {
        let moment: Timestamp = "2021-01-17T12:34:00Z".parse().unwrap();
        assert_eq!(write(moment), "2021-01-17T12:34:00.000+0000");
        assert_eq!(read(&write(moment)), Some(moment));
        assert_eq!(read("2021-01-17T14:34:00.000+0200"), Some(moment));
        assert_eq!(read("2021-01-17T12:34:00.000Z"), Some(moment));
        assert_eq!(read("yesterday"), None);
    }
}
