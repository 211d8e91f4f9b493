//! What is meant where no site and no project is named: a channel's default, set by its admins, and a person's own.

use usher_chat::{Person, Place};

use super::{Governance, admin::Desk, change::Change, commands::DefaultWords, profile, words::harmless};
pub use crate::store::{defaults::Default as Meant, remembered::Remembered};
use crate::{
    error::Error,
    ids::{Asker, ProjectKey, SiteId, ToolName},
    replies::{Draft, error::marked},
    store::{
        StoreError,
        defaults::{self, Subject},
        events, remembered,
    },
};

impl Governance {
    /// What is meant where `person` names nothing in `place`: what the channel says, and else what they say themselves.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn meant(&self, person: &Person, place: &Place) -> Result<Meant, Error> {
        let read = |subject| self.inner.store.read(|reader| defaults::get(reader, subject));
        let own = read(Subject::Person(person))?;
        let Some((workspace, channel)) = place.workspace().zip(place.channel_id()) else { return Ok(own) };
        let here = read(Subject::Channel(workspace, channel))?;
        // A project belongs to a site: where the channel names one of the two, the other is not taken from elsewhere.
        Ok(if here == Meant::default() { own } else { here })
    }

    /// What somebody gave for a tool's arguments the last time it worked.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn last(&self, person: &Person, tool: &ToolName) -> Result<Option<Remembered>, Error> {
        Ok(self.inner.store.read(|reader| remembered::get(reader, person, tool))?)
    }

    /// Keeps what somebody gave, with the next commit.
    pub fn remember(&self, person: &Person, tool: ToolName, last: Remembered) {
        let (person, now) = (person.clone(), self.inner.clock.seconds());
        self.inner.store.defer(move |tx| remembered::put(tx, &person, &tool, &last, now));
    }

    /// Sets or tells a person's own default. `None`: the event was handled before.
    ///
    /// # Errors
    /// A word that names neither a site nor a project, or the store fails.
    pub async fn own_default(&self, asker: &Asker, words: &[String]) -> Result<Option<Draft>, Error> {
        let before = self.inner.store.read(|reader| defaults::get(reader, Subject::Person(&asker.person)))?;
        let to = wanted(words, &before, &self.inner.ground.settings.sites)?;
        let (who, event, new) = (asker.person.clone(), asker.event.clone(), to.clone());
        let now = self.inner.clock.seconds();
        let set = self.inner.store.write(move |tx| {
            if !events::mark(tx, &event, &who.platform, now)? {
                return Err(StoreError::Conflict);
            }
            new.map_or(Ok(()), |new| defaults::set(tx, Subject::Person(&who), &new, &who, now))
        });
        match set.await {
            Err(StoreError::Conflict) => return Ok(None),
            done => done?,
        }
        let words = match said(&to.unwrap_or(before)) {
            Some(what) => format!("Where nothing else is said, I take {what} for you."),
            None => "You have no default. `jira default DEMO` sets one: a site, a project or both.".to_owned(),
        };
        Ok(Some(Draft::private(marked(&words))))
    }
}

impl Desk<'_> {
    /// `default`.
    pub(super) async fn default(&self, words: &DefaultWords) -> Result<Option<Draft>, Error> {
        let channel = profile::channel(words.place.as_deref().unwrap_or("here"), &self.asker.place)?;
        let before = self
            .governance
            .inner
            .store
            .read(|reader| defaults::get(reader, Subject::Channel(self.workspace, &channel)))?;
        let to = wanted(&words.words, &before, &self.ground().settings.sites)?;
        let changes = to.iter().cloned().map(|meant| Change::Default(channel.clone(), meant)).collect();
        let Some(_) = self.commit(changes).await? else { return Ok(None) };
        let (lead, hint) = match said(&to.unwrap_or(before)) {
            Some(what) => (format!("Where nothing else is said, I take {what} in "), ""),
            None => {
                ("There is no default in ".to_owned(), " `jira admin default DEMO` sets a site, a project or both.")
            }
        };
        let mut content = marked(&lead);
        content.extend([self.channel(&channel), ".".into()]);
        content.extend(marked(hint));
        Ok(Some(Draft::private(content)))
    }
}

/// What the words ask for, or nothing where they only ask.
fn wanted(words: &[String], before: &Meant, sites: &[SiteId]) -> Result<Option<Meant>, Error> {
    let words: Vec<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    match words.as_slice() {
        [] => return Ok(None),
        [off] if off.eq_ignore_ascii_case("off") => return Ok(Some(Meant::default())),
        _ => {}
    }
    let mut meant = before.clone();
    let (mut site, mut project) = (None, None);
    for word in words {
        let named = sites.iter().find(|site| site.as_str().eq_ignore_ascii_case(word)).cloned();
        let bad = || {
            let known: Vec<String> = sites.iter().map(|site| format!("`{site}`")).collect();
            let message = format!("`{}` is no site and no project.", harmless(word));
            Error::user_hint(message, format!("Sites are {}; a project is written like `DEMO`.", known.join(", ")))
        };
        let twice = || Error::user_hint("One site and one project at most.", "Like this: `default acme DEMO`.");
        match named {
            Some(found) if site.is_none() => site = Some(found),
            Some(_) => return Err(twice()),
            None => {
                let found: ProjectKey = word.to_uppercase().parse().map_err(|_| bad())?;
                if project.replace(found).is_some() {
                    return Err(twice());
                }
            }
        }
    }
    // Another site has other projects.
    if site.is_some() {
        (meant.site, meant.project) = (site, None);
    }
    meant.project = project.or(meant.project);
    Ok(Some(meant))
}

fn said(meant: &Meant) -> Option<String> {
    match (&meant.site, &meant.project) {
        (None, None) => None,
        (Some(site), None) => Some(format!("the site `{site}`")),
        (None, Some(project)) => Some(format!("the project {project}")),
        (Some(site), Some(project)) => Some(format!("the project {project} on `{site}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(words: &str, before: &Meant) -> Result<Option<Meant>, Error> {
        let sites: Vec<SiteId> = ["acme", "corp"].map(|site| site.parse().unwrap()).to_vec();
        wanted(&words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>(), before, &sites)
    }

    #[test]
    fn words_set_what_they_name() {
        let meant = |site: &str, project: &str| Meant { site: site.parse().ok(), project: project.parse().ok() };
        let none = Meant::default();
        assert_eq!(after("", &none).unwrap(), None);
        assert_eq!(after("acme demo", &none).unwrap(), Some(meant("acme", "DEMO")));
        assert_eq!(after("OPS", &meant("acme", "DEMO")).unwrap(), Some(meant("acme", "OPS")));
        // Another site has other projects.
        assert_eq!(after("corp", &meant("acme", "DEMO")).unwrap().unwrap().project, None);
        assert_eq!(after("off", &meant("acme", "DEMO")).unwrap(), Some(none.clone()));
        for bad in ["acme corp", "DEMO OPS", "de-mo", "acme off", "../x"] {
            assert!(after(bad, &none).is_err() || bad == "acme off", "{bad}");
        }
    }
}
