//! Ids and values as stored text, and back.

use std::{fmt::Display, str::FromStr};

use rusqlite::{Row, RowIndex, types::FromSql};
use serde::{Serialize, de::DeserializeOwned};
use usher_chat::{Place, Platform, Workspace};

use super::StoreError;

/// A column that SQLite holds as it is.
pub(super) fn plain<T: FromSql>(row: &Row<'_>, column: impl RowIndex) -> Result<T, StoreError> {
    Ok(row.get(column)?)
}

/// A text column that is an id of some kind.
pub(super) fn parsed<T: FromStr>(row: &Row<'_>, column: impl RowIndex + Copy + Display) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::corrupt(&column.to_string()))
}

/// The same for a column that may be empty.
pub(super) fn parsed_or_none<T: FromStr>(row: &Row<'_>, column: &str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| StoreError::corrupt(column))).transpose()
}

/// A text column that holds JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|_| StoreError::corrupt(column))
}

/// The same for a column that may be empty.
pub(super) fn json_or_none<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::corrupt(column))).transpose()
}

/// A value as JSON.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::corrupt("a value that has no JSON"))
}

/// A place as text: as it prints, with `/` and `%` inside ids escaped, so that two places never look alike.
pub fn place_text(place: &Place) -> String {
    match place {
        Place::Direct { platform } => format!("{}/direct", escape(platform.as_str())),
        Place::Channel { workspace, channel, thread } => {
            let mut text = format!("{}/{}", escape(&workspace.to_string()), escape(channel.as_str()));
            if let Some(thread) = thread {
                text.push('/');
                text.push_str(&escape(thread.as_str()));
            }
            text
        }
    }
}

/// A workspace as it begins the texts of its places.
pub fn workspace_text(workspace: &Workspace) -> String {
    escape(&workspace.to_string())
}

/// Reads what [`place_text`] wrote.
pub fn parse_place(text: &str) -> Option<Place> {
    let parts: Vec<String> = text.split('/').map(unescape).collect();
    match parts.as_slice() {
        [platform, direct] if direct == "direct" && !platform.contains(':') => {
            Some(Place::direct(Platform::new(platform.as_str())))
        }
        [workspace, channel] => Some(Place::channel(workspace.parse().ok()?, channel.as_str())),
        [workspace, channel, thread] => {
            let workspace: Workspace = workspace.parse().ok()?;
            Some(Place::Channel { workspace, channel: channel.as_str().into(), thread: Some(thread.as_str().into()) })
        }
        _ => None,
    }
}

fn escape(id: &str) -> String {
    id.replace('%', "%25").replace('/', "%2F")
}

fn unescape(text: &str) -> String {
    text.replace("%2F", "/").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_back_and_never_look_alike() {
        let home = Workspace::new(Platform::TERMINAL, "home");
        let odd = Workspace::new(Platform::new("we/ird"), "a/b%2F");
        let in_thread = |workspace: &Workspace, channel: &str, thread: &str| Place::Channel {
            workspace: workspace.clone(),
            channel: channel.into(),
            thread: Some(thread.into()),
        };
        let places = [
            Place::direct(Platform::TERMINAL),
            Place::channel(home.clone(), "eng"),
            Place::channel(home.clone(), "direct"),
            Place::channel(home.clone(), "eng/7"),
            in_thread(&home, "eng", "7"),
            in_thread(&odd, "%2F", "%25"),
            Place::direct(Platform::new("we/ird")),
        ];
        let mut texts: Vec<String> = places.iter().map(place_text).collect();
        for (place, text) in places.iter().zip(&texts) {
            assert_eq!(parse_place(text).as_ref(), Some(place), "{text}");
        }
        assert_eq!(texts[4], "terminal:home/eng/7");
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), places.len());
        for bad in ["", "x", "home/eng", "a:b/c/d/e"] {
            assert_eq!(parse_place(bad), None, "{bad}");
        }
    }
}
