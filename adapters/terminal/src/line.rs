//! Reads one line of JSON Lines into what a person does, or says in one sentence why it cannot be read.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::Value;
use usher_chat::{ActionId, Completing, Input, RoleId, UserId, WorkspaceId};

use crate::roster::Statement;

const KEYS: [&str; 14] = [
    "user",
    "in",
    "say",
    "press",
    "submit",
    "fields",
    "complete",
    "approve",
    "as",
    "deny",
    "roles",
    "admin",
    "workspace",
    "files",
];
/// The longest name of a person, channel or workspace, in bytes.
const LONGEST_NAME: usize = 200;

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) user: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) statement: Statement,
    pub(crate) files: Vec<NamedPath>,
    pub(crate) act: Act,
}

/// A file that comes along.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedPath {
    pub(crate) name: String,
    pub(crate) path: String,
}

/// What the line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Something a person does in a channel, or in the direct chat if none is named.
    Input { channel: Option<String>, input: Input },
    /// Walking the pages behind a link. For the demo.
    Approve { url: String, person: String, deny: bool },
}

/// The channel that `place` names; the direct chat has none.
pub(crate) fn channel(place: &str) -> Result<Option<String>, String> {
    let name = place.strip_prefix('#').unwrap_or(place);
    match name {
        "dm" => Ok(None),
        _ => named("in", name).map(|()| Some(name.to_owned())),
    }
}

/// Checks the name of a person, channel or workspace.
pub(crate) fn named(key: &str, name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        Err(format!("`{key}` is empty. Give it a name."))
    } else if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        Err(format!("`{key}` is no name: use at most {LONGEST_NAME} bytes and no control characters."))
    } else {
        Ok(())
    }
}

impl Line {
    /// Reads a line.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut keys = Keys(serde_json::from_str::<Object>(text).map_err(not_json)?.0);
        if let Some(key) = keys.0.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("`{}` is not a key. The keys are: {}.", shorten(key), KEYS.join(", ")));
        }
        let user = keys.text("user")?.ok_or("`user` is missing. Say who does it.")?;
        named("user", &user)?;
        let workspace = keys.text("workspace")?.unwrap_or_else(|| "home".to_owned());
        named("workspace", &workspace)?;
        let place = keys.text("in")?;
        let statement = Statement {
            admin: keys.truth("admin")?,
            roles: keys.texts("roles")?.map(|roles| roles.into_iter().map(RoleId::from).collect()),
        };
        let files = keys.files()?;
        let act = keys.act(place)?;
        if let Some(key) = keys.0.keys().next() {
            return Err(format!("`{key}` does not belong in such a line. Leave it out."));
        }
        Ok(Self { user: user.into(), workspace: workspace.into(), statement, files, act })
    }
}

struct Keys(BTreeMap<String, Value>);

impl Keys {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key).filter(|value| !value.is_null())
    }

    fn text(&mut self, key: &str) -> Result<Option<String>, String> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{key}` must be a text.")),
        }
    }

    fn truth(&mut self, key: &str) -> Result<Option<bool>, String> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Bool(truth)) => Ok(Some(truth)),
            Some(_) => Err(format!("`{key}` must be true or false.")),
        }
    }

    fn texts(&mut self, key: &str) -> Result<Option<Vec<String>>, String> {
        let wrong = || format!("`{key}` must be a list of texts.");
        let Some(value) = self.take(key) else { return Ok(None) };
        let Value::Array(values) = value else { return Err(wrong()) };
        let texts = values.into_iter().map(|value| match value {
            Value::String(text) => Ok(text),
            _ => Err(wrong()),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    fn files(&mut self) -> Result<Vec<NamedPath>, String> {
        let wrong = "`files` must be a list of objects with `name` and `path`.";
        let Some(value) = self.take("files") else { return Ok(Vec::new()) };
        let Value::Array(values) = value else { return Err(wrong.to_owned()) };
        let mut files = Vec::new();
        for value in values {
            let Value::Object(object) = value else { return Err(wrong.to_owned()) };
            let mut keys = Keys(object.into_iter().collect());
            let (Some(name), Some(path)) = (keys.text("name")?, keys.text("path")?) else {
                return Err(wrong.to_owned());
            };
            if !keys.0.is_empty() {
                return Err(wrong.to_owned());
            }
            named("name", &name)?;
            if name.contains(['/', '\\']) {
                return Err("A file's `name` is a name alone, without directories.".to_owned());
            }
            files.push(NamedPath { name, path });
        }
        Ok(files)
    }

    fn act(&mut self, place: Option<String>) -> Result<Act, String> {
        let mut kinds = Vec::new();
        for kind in ["say", "press", "submit", "complete", "approve"] {
            if let Some(value) = self.text(kind)? {
                kinds.push((kind, value));
            }
        }
        let (kind, value) = match kinds.len() {
            1 => kinds.remove(0),
            0 => return Err("Nothing is done here. Give one of say, press, submit, complete, approve.".to_owned()),
            _ => {
                let given: Vec<_> = kinds.iter().map(|(kind, _)| *kind).collect();
                return Err(format!("{} cannot stand in one line. Use a line for each.", given.join(" and ")));
            }
        };
        if kind == "approve" {
            let person = self.text("as")?.ok_or("`as` is missing. Say which person of the sandbox approves.")?;
            return Ok(Act::Approve { url: value, person, deny: self.truth("deny")?.unwrap_or(false) });
        }
        let place = place.ok_or("`in` is missing. Name a channel, or \"dm\" for the direct chat.")?;
        let id = |value: String| match value.is_empty() {
            true => Err(format!("`{kind}` is empty. Give the id that came with the reply.")),
            false => Ok(ActionId::from(value)),
        };
        let input = match kind {
            "press" => Input::Press { action: id(value)? },
            "submit" => Input::Submit { form: id(value)?, fields: self.fields()? },
            "complete" => Input::Complete(Completing::Line(value)),
            _ => Input::Text(value),
        };
        Ok(Act::Input { channel: channel(&place)?, input })
    }

    fn fields(&mut self) -> Result<BTreeMap<String, Vec<String>>, String> {
        let Some(value) = self.take("fields") else { return Ok(BTreeMap::new()) };
        let Value::Object(object) = value else {
            return Err("`fields` must be an object of fields by name.".to_owned());
        };
        let mut fields = BTreeMap::new();
        for (name, value) in object {
            let wrong = || format!("The field `{}` must be a text, a number or a list of them.", shorten(&name));
            let values = match value {
                Value::Null => continue,
                Value::Array(values) => values.into_iter().map(entry).collect::<Option<Vec<_>>>().ok_or_else(wrong)?,
                value => vec![entry(value).ok_or_else(wrong)?],
            };
            fields.insert(name, values);
        }
        Ok(fields)
    }
}

fn entry(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn shorten(key: &str) -> String {
    key.chars().filter(|char| !char.is_control()).take(60).collect()
}

fn not_json(error: serde_json::Error) -> String {
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    if error.is_data() {
        format!("This line cannot be read: {reason}.")
    } else {
        format!("This line is not JSON: {reason} at column {}.", error.column())
    }
}

/// A JSON object in which no key comes twice.
struct Object(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object in braces")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut keys = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if keys.contains_key(&key) {
                return Err(serde::de::Error::custom(format!("the key `{}` comes twice", shorten(&key))));
            }
            keys.insert(key, value);
        }
        Ok(Object(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_read() {
        let line =
            Line::read(r##"{"user":"ada","in":"#eng","say":"hi","roles":["dev"],"admin":true,"workspace":"lab"}"##)
                .unwrap();
        assert_eq!(line.user.as_str(), "ada");
        assert_eq!(line.workspace.as_str(), "lab");
        assert_eq!(line.statement, Statement { admin: Some(true), roles: Some(vec!["dev".into()]) });
        assert_eq!(line.act, Act::Input { channel: Some("eng".into()), input: Input::Text("hi".into()) });

        let line =
            Line::read(r#"{"user":"ada","in":"dm","submit":"f1","fields":{"a":"x","b":["y","z"],"c":3,"d":null}}"#)
                .unwrap();
        let fields = [("a", vec!["x"]), ("b", vec!["y", "z"]), ("c", vec!["3"])];
        let fields = fields.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()));
        let input = Input::Submit { form: "f1".into(), fields: fields.into() };
        assert_eq!(line.act, Act::Input { channel: None, input });

        let line = Line::read(r#"{"user":"ada","approve":"http://x","as":"grace"}"#).unwrap();
        assert_eq!(line.act, Act::Approve { url: "http://x".into(), person: "grace".into(), deny: false });
    }

    #[test]
    fn what_cannot_be_read_is_told_in_one_sentence() {
        let told: Vec<String> = [
            "nonsense",
            "{\"user\":\"ada\"",
            "[1]",
            "{} {}",
            r#"{"in":"eng","say":"x"}"#,
            r#"{"user":"ada","say":"x"}"#,
            r#"{"user":"ada","in":"eng"}"#,
            r#"{"user":"ada","in":"eng","say":"x","press":"y"}"#,
            r#"{"user":"ada","in":"eng","sya":"x"}"#,
            r#"{"user":"ada","in":"eng","say":"x","colour":1}"#,
            r#"{"user":"ada","in":"eng","say":"x","fields":{}}"#,
            r#"{"user":"ada","user":"root","in":"eng","say":"x"}"#,
            r#"{"user":3,"in":"eng","say":"x"}"#,
            r#"{"user":" ","in":"eng","say":"x"}"#,
            r#"{"user":"ada","in":"","say":"x"}"#,
            r#"{"user":"a\u0007","in":"eng","say":"x"}"#,
            r#"{"user":"ada","in":"eng","say":["x"]}"#,
            r#"{"user":"ada","in":"eng","press":""}"#,
            r#"{"user":"ada","in":"eng","say":"x","admin":"yes"}"#,
            r#"{"user":"ada","in":"eng","say":"x","roles":"dev"}"#,
            r#"{"user":"ada","in":"eng","say":"x","files":[{"name":"a"}]}"#,
            r#"{"user":"ada","in":"eng","say":"x","files":[{"name":"../a","path":"b"}]}"#,
            r#"{"user":"ada","in":"eng","submit":"f","fields":{"a":{"b":1}}}"#,
            r#"{"user":"ada","approve":"http://x"}"#,
        ]
        .into_iter()
        .map(|line| Line::read(line).unwrap_err())
        .collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        This line is not JSON: expected ident at column 2.
        This line is not JSON: EOF while parsing an object at column 13.
        This line cannot be read: invalid type: sequence, expected an object in braces.
        This line is not JSON: trailing characters at column 4.
        `user` is missing. Say who does it.
        `in` is missing. Name a channel, or "dm" for the direct chat.
        Nothing is done here. Give one of say, press, submit, complete, approve.
        say and press cannot stand in one line. Use a line for each.
        `sya` is not a key. The keys are: user, in, say, press, submit, fields, complete, approve, as, deny, roles, admin, workspace, files.
        `colour` is not a key. The keys are: user, in, say, press, submit, fields, complete, approve, as, deny, roles, admin, workspace, files.
        `fields` does not belong in such a line. Leave it out.
        This line cannot be read: the key `user` comes twice.
        `user` must be a text.
        `user` is empty. Give it a name.
        `in` is empty. Give it a name.
        `user` is no name: use at most 200 bytes and no control characters.
        `say` must be a text.
        `press` is empty. Give the id that came with the reply.
        `admin` must be true or false.
        `roles` must be a list of texts.
        `files` must be a list of objects with `name` and `path`.
        A file's `name` is a name alone, without directories.
        The field `a` must be a text, a number or a list of them.
        `as` is missing. Say which person of the sandbox approves.
        "#);
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let deep = format!(r#"{{"user":"ada","in":"eng","say":{}"#, "[".repeat(100_000));
        assert!(Line::read(&deep).unwrap_err().starts_with("This line is not JSON: recursion limit exceeded"));
    }
}
