//! `link`: says how one issue stands to another.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, choose, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::LinkType,
    replies::{Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Link;

/// Link an issue to another one
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// How, and to which issue, such as blocks DEMO-9
    pub how: String,
}

impl Tool for Link {
    const NAME: &'static str = "link";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issueLink"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["link DEMO-7 blocks DEMO-9", "link DEMO-7 is blocked by DEMO-9"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("how", Source::Relation)];
    type Args = Args;

    fn on(args: &Args) -> On {
        let other = read(&args.how).map(|(_, other)| other);
        On::issues(std::iter::once(&args.key).chain(&other))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let (typed, words) = (&call.args.key, &call.args.how);
        let Some((relation, other)) = read(words) else {
            return Err(Error::user_hint(
                "The other issue's key belongs at the end.",
                format!("Like this: `jira link {typed} blocks DEMO-9`."),
            ));
        };
        let (links, issues) = (call.jira.links(), call.jira.issues());
        let (types, one) = futures::try_join!(links.types(), issues.get_with(typed, &["issuelinks"])).at(&call)?;
        let two = show::other(&call, &other).await?;
        if types.is_empty() {
            return Err(Error::user("Linking of issues is switched off on this site."));
        }
        let (key, other) = (&one.key, &two.key);
        let mut about = show::about(&one);
        about.projects.insert(two.project.clone());
        about.restricted |= two.security;
        if key == other {
            return Err(Error::user(format!("{key} cannot be linked to itself.")));
        }
        let ways = ways(&types);
        let found = choose::by_name(&ways, relation, |way| vec![&way.words]);
        let way = match found.as_slice() {
            [way] => *way,
            found => {
                let (question, offered): (String, Vec<&Way>) = match (found.is_empty(), relation.is_empty()) {
                    (_, true) => (format!("How does {key} stand to {other}?"), ways.iter().collect()),
                    (true, _) => {
                        let word = crate::replies::shorten(relation);
                        (
                            format!("No link is called \"{word}\" here. How does {key} stand to {other}?"),
                            ways.iter().collect(),
                        )
                    }
                    (false, _) => (format!("How does {key} stand to {other}?"), found.to_vec()),
                };
                let options = offered.into_iter().take(20).map(|way| {
                    let args = serde_json::json!({ "key": key, "how": format!("{} {other}", way.words) });
                    Offer::mine(&way.words, show::deed(Self::NAME, args, call.site()))
                });
                let pick = PickFrom { question, options: options.collect() };
                return Ok(Outcome::new(Shape::Pick(pick), about));
            }
        };
        let words = format!("{key} {} {other}", way.words);
        if one.links().iter().any(|link| link.key == *other && link.relation == way.words) {
            return Ok(show::done(&one, format!("{words} already."), call.jira.site(), about));
        }
        let (from, to) = if way.inward { (other, key) } else { (key, other) };
        if let Err(error) = links.add(&way.name, from, to).await {
            return Err(show::why_not(&call, key, error).await);
        }
        let args = serde_json::json!({ "key": key, "other": other, "relation": way.words });
        let undo = Offer::mine("Undo", show::deed("unlink", args, call.site()));
        Ok(show::done(&one, format!("{words} now."), call.jira.site(), about).changed(key).offering([undo]))
    }
}

/// The relation and the issue in `is blocked by DEMO-9`.
fn read(words: &str) -> Option<(&str, IssueKey)> {
    let words = words.trim();
    let (relation, other) = words.rsplit_once(char::is_whitespace).unwrap_or(("", words));
    Some((relation.trim(), other.parse().ok()?))
}

/// One way to put a link: from one of its ends.
struct Way {
    words: String,
    name: String,
    /// It says what the issue does at which the link ends.
    inward: bool,
}

fn ways(types: &[LinkType]) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for kind in types {
        for (words, inward) in [(&kind.outward, false), (&kind.inward, true)] {
            if !words.is_empty() && !ways.iter().any(|way| way.words == *words) {
                ways.push(Way { words: words.clone(), name: kind.name.clone(), inward });
            }
        }
    }
    ways
}
