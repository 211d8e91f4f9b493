//! Names of things that decide: sites, projects, issues, tools, and what a call may touch.
//!
//! Constructors normalise, so that `==` is right. The chat's own ids come from `usher-chat`.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use usher_chat::{EventId, Names, Person, Place};

/// A text that is no id of the kind that was wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {kind}")]
pub struct IdError {
    /// What was wanted, with its article.
    pub kind: &'static str,
    /// What was given.
    pub text: String,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

name! {
    /// A configured Jira: lower-case letters, digits and `-`.
    SiteId
}

name! {
    /// A project's key, upper-cased: `WEB`.
    ProjectKey
}

name! {
    /// A tool's name: lower-case letters and `-`.
    ToolName
}

impl FromStr for SiteId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let id = text.trim().to_ascii_lowercase();
        let good = (1..=40).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !id.starts_with('-');
        if good { Ok(Self(id)) } else { Err(IdError { kind: "a site's id", text: text.to_owned() }) }
    }
}

impl FromStr for ProjectKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let key = text.trim().to_ascii_uppercase();
        let good = (1..=100).contains(&key.len())
            && key.starts_with(|c: char| c.is_ascii_uppercase())
            && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if good { Ok(Self(key)) } else { Err(IdError { kind: "a project key", text: text.to_owned() }) }
    }
}

impl FromStr for ToolName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let good =
            (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_');
        if good { Ok(Self(text.to_owned())) } else { Err(IdError { kind: "a tool's name", text: text.to_owned() }) }
    }
}

/// An issue's key: `WEB-12`. Upper-cased and anchored, so that no other text can reach a path or a query as a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IssueKey {
    project: ProjectKey,
    number: u64,
}

impl IssueKey {
    /// The project in the key. A moved issue still answers to its old key, so this decides only what was typed.
    pub fn project(&self) -> &ProjectKey {
        &self.project
    }

    /// The number in the key.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl FromStr for IssueKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bad = || IdError { kind: "an issue key", text: text.chars().take(80).collect() };
        let (project, number) = text.trim().rsplit_once('-').ok_or_else(bad)?;
        let digits = (1..=18).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if !digits || number.starts_with('0') {
            return Err(bad());
        }
        Ok(Self { project: project.parse().map_err(|_| bad())?, number: number.parse().map_err(|_| bad())? })
    }
}

impl fmt::Display for IssueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.project, self.number)
    }
}

impl TryFrom<String> for IssueKey {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<IssueKey> for String {
    fn from(key: IssueKey) -> String {
        key.to_string()
    }
}

/// Who somebody is on a site: the account id on Cloud, the user name on Data Center.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub String);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The two kinds of Jira.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKind {
    /// Jira Cloud.
    Cloud,
    /// Jira Data Center.
    DataCenter,
}

/// What a tool may do to Jira. It has no default: unknown means no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// It only looks.
    Read,
    /// It adds or changes.
    Write,
    /// It removes what cannot be brought back.
    Destructive,
}

impl Access {
    /// The class as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What else there is to know of a tool before it is granted. It has no default: whoever declares a tool says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flags {
    /// One call touches many issues.
    pub bulk: bool,
    /// Files or texts leave Jira for a place where Jira's permissions do not hold.
    pub egress: bool,
    /// People outside the company may see what it writes.
    pub customer_visible: bool,
}

impl Flags {
    /// Nothing else.
    pub const NONE: Self = Self { bulk: false, egress: false, customer_visible: false };
    /// The flags as people write them.
    pub const NAMES: [&str; 3] = ["bulk", "egress", "customer-visible"];

    /// Whether it has the flag of that name.
    pub fn has(self, name: &str) -> bool {
        self.names().any(|one| one == name)
    }

    /// The names of those it has.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let set = [self.bulk, self.egress, self.customer_visible];
        Self::NAMES.into_iter().zip(set).filter(|(_, set)| *set).map(|(name, _)| name)
    }
}

/// The projects that one call may touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectScope {
    /// Only these, or all where absent.
    pub only: Option<BTreeSet<ProjectKey>>,
    /// None of these, whatever `only` says.
    pub except: BTreeSet<ProjectKey>,
}

impl ProjectScope {
    /// Every project.
    pub fn all() -> Self {
        Self { only: None, except: BTreeSet::new() }
    }

    /// Only these projects.
    pub fn only(projects: impl IntoIterator<Item = ProjectKey>) -> Self {
        Self { only: Some(projects.into_iter().collect()), except: BTreeSet::new() }
    }

    /// Whether a project may be touched.
    pub fn allows(&self, project: &ProjectKey) -> bool {
        !self.except.contains(project) && self.only.as_ref().is_none_or(|only| only.contains(project))
    }

    /// Whether nothing is excluded.
    pub fn is_all(&self) -> bool {
        self.only.is_none() && self.except.is_empty()
    }
}

/// The short mark in a reply that finds the lines of one event in the log: four Crockford characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(pub String);

impl Reference {
    /// A fresh random mark.
    pub fn random() -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bits: u32 = rand::random();
        Self((0..4).map(|i| char::from(ALPHABET[(bits >> (5 * i)) as usize & 31])).collect())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of a call's arguments in canonical JSON. A permit is good for these arguments and no others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArgsHash(pub String);

impl ArgsHash {
    /// The hash of some arguments. Object keys are sorted first, so that order never matters.
    pub fn of(args: &serde_json::Value) -> Self {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        canonical(args, &mut |bytes| hasher.update(bytes));
        Self(hex::encode(hasher.finalize()))
    }
}

fn canonical(value: &serde_json::Value, write: &mut dyn FnMut(&[u8])) {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            write(b"{");
            for key in keys {
                write(Value::from(key.as_str()).to_string().as_bytes());
                write(b":");
                canonical(&map[key], write);
                write(b",");
            }
            write(b"}");
        }
        Value::Array(items) => {
            write(b"[");
            for item in items {
                canonical(item, write);
                write(b",");
            }
            write(b"]");
        }
        leaf => write(leaf.to_string().as_bytes()),
    }
}

/// Who asks for something, where, through which event.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who.
    pub person: Person,
    /// Where.
    pub place: Place,
    /// Names to show.
    pub names: Names,
    /// Nobody else could read the input.
    pub private: bool,
    /// The event that it came with.
    pub event: EventId,
    /// The mark of this event in the log.
    pub reference: Reference,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issue_keys_are_anchored_and_upper_cased() {
        assert_eq!("web-12".parse::<IssueKey>().unwrap().to_string(), "WEB-12");
        for bad in ["", "WEB", "WEB-", "-1", "WEB-0", "WEB-01", "WEB-1/../x", "WEB-１", "1WEB-1", "WEB-1?a", "W B-1"] {
            assert!(bad.parse::<IssueKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn marks_of_events_are_seldom_equal() {
        let marks: std::collections::HashSet<_> = (0..1000).map(|_| Reference::random()).collect();
        // There are a million.
        assert!(marks.len() > 950, "{} of 1,000 differ", marks.len());
    }

    #[test]
    fn a_hash_does_not_depend_on_the_order_of_keys() {
        let one = serde_json::json!({"a": 1, "b": {"c": [1, 2], "d": null}});
        let two = serde_json::json!({"b": {"d": null, "c": [1, 2]}, "a": 1});
        assert_eq!(ArgsHash::of(&one), ArgsHash::of(&two));
        assert_ne!(ArgsHash::of(&one), ArgsHash::of(&serde_json::json!({"a": 1, "b": {"c": [2, 1], "d": null}})));
    }

    #[test]
    fn a_scope_allows_what_is_named_and_not_excepted() {
        let web: ProjectKey = "WEB".parse().unwrap();
        let hr: ProjectKey = "HR".parse().unwrap();
        let mut scope = ProjectScope::only([web.clone()]);
        assert!(scope.allows(&web) && !scope.allows(&hr));
        scope.except.insert(web.clone());
        assert!(!scope.allows(&web));
        assert!(ProjectScope::all().allows(&hr));
    }
}
