//! A message's text as a line for the bot: `/view DEMO-1` and `@usherbot view DEMO-1` become `jira view DEMO-1`.

use std::ops::Range;

use teloxide::types::{Me, MessageEntity, MessageEntityKind};
use usher_chat::Mention;

use crate::{commands::Menu, places};

/// A line that a person wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// The text, beginning with `jira` where it was written for the bot in Telegram's own way.
    pub text: String,
    /// People named in it, by id.
    pub mentions: Vec<Mention>,
    /// It was certainly written for the bot.
    pub addressed: bool,
    /// It is a command for another bot, or of no bot that we know.
    pub foreign: bool,
    /// `/start`, with what followed it.
    pub start: Option<String>,
}

/// Reads a message's text. In the direct chat every command is for us.
pub(crate) fn read(text: &str, entities: &[MessageEntity], me: &Me, menu: &Menu, direct: bool) -> Line {
    let entities: Vec<(Range<usize>, &MessageEntityKind)> =
        entities.iter().filter_map(|entity| Some((bytes(text, entity.offset, entity.length)?, &entity.kind))).collect();
    let head = entities.iter().find(|(range, _)| text[..range.start].trim().is_empty());
    let (taken, opening) = match head.map(|(range, kind)| (range, kind, &text[range.clone()])) {
        Some((range, MessageEntityKind::BotCommand, command)) => {
            let (name, bot) =
                command.trim_start_matches('/').split_once('@').unwrap_or((command.trim_start_matches('/'), ""));
            if !bot.is_empty() && !is_me(bot, me) {
                return Line { text: text.to_owned(), foreign: true, ..Line::default() };
            }
            let name = name.to_lowercase();
            if name == "start" {
                let parameter = text[range.end..].trim().to_owned();
                return Line { text: text.to_owned(), start: Some(parameter), addressed: true, ..Line::default() };
            }
            let words = match name.as_str() {
                "jira" => Some(String::new()),
                "help" => Some(name),
                _ => menu.words(&name).or_else(|| (direct || !bot.is_empty()).then(|| name.replace('_', "-"))),
            };
            match words {
                Some(words) => (range.end, format!("jira {words}").trim_end().to_owned()),
                None => return Line { text: text.to_owned(), foreign: true, ..Line::default() },
            }
        }
        Some((range, MessageEntityKind::Mention, name)) if is_me(name.trim_start_matches('@'), me) => {
            (range.end, "jira".to_owned())
        }
        Some((range, MessageEntityKind::TextMention { user }, _)) if user.id == me.user.id => {
            (range.end, "jira".to_owned())
        }
        _ => (0, String::new()),
    };
    let rest = &text[taken..];
    // `@usherbot, view DEMO-1` reads as well.
    let comma = if taken > 0 { rest.len() - rest.trim_start_matches([',', ':']).len() } else { 0 };
    let whole = format!("{opening}{}", &rest[comma..]);
    let moved = |range: &Range<usize>| {
        let start = range.start.checked_sub(taken + comma)? + opening.len();
        Some(start..start + range.len())
    };
    let mentions = entities.iter().filter_map(|(range, kind)| match kind {
        MessageEntityKind::TextMention { user } if user.id != me.user.id => {
            Some(Mention { person: places::person(user.id), name: user.first_name.clone(), range: moved(range)? })
        }
        _ => None,
    });
    let mentions = mentions.collect();
    let word = whole.split_whitespace().next().unwrap_or_default().trim_end_matches([',', ':']);
    let addressed = word.eq_ignore_ascii_case("jira") || (direct && menu.begins(&whole));
    Line { text: whole, mentions, addressed, foreign: false, start: None }
}

fn is_me(name: &str, me: &Me) -> bool {
    me.user.username.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// A range in UTF-16 units, as Telegram counts, in bytes. `None`: it does not fit the text.
pub(crate) fn bytes(text: &str, offset: usize, length: usize) -> Option<Range<usize>> {
    let end = offset.checked_add(length)?;
    let (mut start_byte, mut end_byte, mut units) = (None, None, 0);
    for (at, char) in text.char_indices().chain([(text.len(), '\0')]) {
        if units == offset {
            start_byte = start_byte.or(Some(at));
        }
        if units == end {
            end_byte = end_byte.or(Some(at));
        }
        units += char.len_utf16();
    }
    Some(start_byte?..end_byte?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn me() -> Me {
        serde_json::from_value(json!({
            "id": 1, "is_bot": true, "first_name": "Usher", "username": "usherbot", "can_join_groups": true,
            "can_read_all_group_messages": false, "supports_inline_queries": false, "has_main_web_app": false
        }))
        .unwrap()
    }

    fn menu() -> Menu {
        let menu = Menu::default();
        let command = |path: &[&str]| usher_chat::Command {
            path: path.iter().map(|word| (*word).to_owned()).collect(),
            family: String::new(),
            summary: "Does it".to_owned(),
            usage: String::new(),
            arguments: Vec::new(),
            admin: false,
        };
        menu.set(&[command(&["view"]), command(&["admin", "allow"])]);
        menu
    }

    fn line(text: &str, entities: serde_json::Value, direct: bool) -> Line {
        let entities: Vec<MessageEntity> = serde_json::from_value(entities).unwrap();
        read(text, &entities, &me(), &menu(), direct)
    }

    fn command(text: &str, direct: bool) -> Line {
        let length = text.split_whitespace().next().unwrap().len();
        line(text, json!([{"type": "bot_command", "offset": 0, "length": length}]), direct)
    }

    #[test]
    fn commands_and_mentions_become_lines() {
        for (typed, read) in [
            ("/view DEMO-1", "jira view DEMO-1"),
            ("/jira view DEMO-1", "jira view DEMO-1"),
            ("/jira", "jira"),
            ("/help@usherbot", "jira help"),
            ("/HELP@UsherBot create", "jira help create"),
            ("/admin_allow view for Ada", "jira admin allow view for Ada"),
            ("/connect@usherbot", "jira connect"),
            ("/view DEMO-1\nand more", "jira view DEMO-1\nand more"),
        ] {
            let line = command(typed, false);
            assert_eq!((line.text.as_str(), line.addressed, line.foreign), (read, true, false), "{typed}");
        }
        let mention = line("@usherbot, view DEMO-1", json!([{"type": "mention", "offset": 0, "length": 9}]), false);
        assert_eq!((mention.text.as_str(), mention.addressed), ("jira view DEMO-1", true));
    }

    #[test]
    fn commands_of_other_bots_are_left_alone() {
        assert!(command("/view@otherbot DEMO-1", false).foreign);
        assert!(command("/weather", false).foreign);
        assert_eq!(command("/weather", true).text, "jira weather");
    }

    #[test]
    fn talk_stays_as_it_is() {
        let talk = line("DEMO-1", json!([]), false);
        assert_eq!((talk.text.as_str(), talk.addressed), ("DEMO-1", false));
        assert!(line("view DEMO-1", json!([]), true).addressed);
        assert!(!line("view DEMO-1", json!([]), false).addressed);
    }

    #[test]
    fn the_start_parameter_is_what_follows() {
        assert_eq!(command("/start", true).start.as_deref(), Some(""));
        assert_eq!(command("/start K7Q2-9XMD", true).start.as_deref(), Some("K7Q2-9XMD"));
    }

    #[test]
    fn people_are_named_by_id_where_telegram_says_who_they_are() {
        let text = "/view 😀 Ada";
        let user = json!({"id": 42, "is_bot": false, "first_name": "Ada"});
        let entities = json!([
            {"type": "bot_command", "offset": 0, "length": 5},
            {"type": "text_mention", "offset": 9, "length": 3, "user": user},
        ]);
        let line = line(text, entities, false);
        assert_eq!(&line.text[line.mentions[0].range.clone()], "Ada");
        assert_eq!(line.mentions[0].person.to_string(), "telegram:42");
    }

    proptest! {
        #[test]
        fn ranges_are_whole_characters_or_nothing(text in "\\PC{0,20}", offset in 0_usize..30, length in 0_usize..30) {
            if let Some(range) = bytes(&text, offset, length) {
                prop_assert_eq!(text[range.clone()].encode_utf16().count(), length);
                prop_assert_eq!(text[..range.start].encode_utf16().count(), offset);
            }
        }

        #[test]
        fn no_message_breaks_the_reader(text in "\\PC{0,20}", offset in 0_usize..30, length in 0_usize..30, direct: bool) {
            let entities = json!([{"type": "bot_command", "offset": offset, "length": length}]);
            line(&text, entities, direct);
        }
    }
}
