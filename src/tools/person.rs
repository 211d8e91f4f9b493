//! `person`: finds people by name.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira,
    replies::{About, Outcome, Page, Shape, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Person;

/// Find a person in Jira
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Part of the name
    pub name: String,
}

impl Tool for Person {
    const NAME: &'static str = "person";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET user/search"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["person grace"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("name", Source::Person)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let name = call.args.name.trim().trim_start_matches('@');
        if name.is_empty() {
            return Err(Error::user_hint("A name is missing.", "Like this: `jira person grace`."));
        }
        let found = call.jira.users().people(name).await.at(&call)?;
        let shown = shorten(name);
        let head = match found.len() {
            0 => format!("Nobody in Jira matches \"{shown}\"."),
            1 => format!("1 person matches \"{shown}\""),
            some => format!("{some} people match \"{shown}\""),
        };
        let text = page::text(head, found.iter().map(line).collect());
        // Who works here, and how to reach them, is for whoever asked.
        let about = About { personal: true, ..About::default() };
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), about))
    }
}

/// `Grace Hopper · grace@engine.example · Europe/Zurich`. What Jira hides is left out.
fn line(person: &jira::Person) -> Vec<Inline> {
    let away = (!person.user.active).then(|| "no longer active".to_owned());
    let facts = [Some(person.user.name.clone()), away, person.email.clone(), person.time_zone.clone()];
    vec![facts.into_iter().flatten().collect::<Vec<_>>().join(" · ").into()]
}
