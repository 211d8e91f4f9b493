//! `jira admin stop` and `jira admin go`: what an admin stops in their own workspace.

use usher_chat::{Text, tree::Inline};

use super::{
    Governance,
    admin::Desk,
    change::{Change, Did},
    commands::StopWords,
    decide,
    govern::plain_refusal,
    snapshot::Snapshot,
    switches::{Switch, Target},
    words::and,
};
use crate::{
    error::Error,
    ids::{Asker, SiteId},
    replies::{Draft, Refusal, Step, error::marked},
};

impl Governance {
    /// Whether everything is stopped where somebody asks: everywhere, on the platform or in the workspace. For what is
    /// no tool.
    #[must_use]
    pub fn stopped(&self, asker: &Asker) -> Option<Refusal> {
        let snapshot = self.snapshot();
        let switch = decide::stopping(&snapshot, &asker.person.platform, asker.place.workspace(), None, None)?;
        let mut refusal = plain_refusal(asker, Step::Switch(Box::new(switch.told())));
        refusal.remedy = Some(switch.remedy());
        Some(refusal)
    }

    /// Whether a site is stopped.
    pub fn stops_site(&self, site: &SiteId) -> bool {
        let target = Target::Site(site.clone());
        self.snapshot().stopped().iter().any(|switch| switch.target == target)
    }
}

impl Desk<'_> {
    pub(super) async fn stop(&self, words: &StopWords) -> Result<Option<Draft>, Error> {
        if words.tools.is_empty() {
            let Some((_, snapshot)) = self.commit(Vec::new()).await? else { return Ok(None) };
            return Ok(Some(self.stops(&snapshot)));
        }
        let targets = self.targets(words)?;
        let changes = targets.iter().cloned().map(|target| Change::Switch { target, stop: true }).collect();
        let Some((did, snapshot)) = self.commit(changes).await? else { return Ok(None) };
        let names = self.names(&targets, &did, &Did::Changed);
        if names.is_empty() {
            let mut words = marked("Nothing changed. ");
            words.extend(self.first(&snapshot, &targets));
            return Ok(Some(Draft::private(words)));
        }
        let it = if names.len() == 1 { "it" } else { "them" };
        let all = names.join(" ");
        let names = names.join(", ");
        let words = format!("Stopped: {names}. Nobody can use {it} in this workspace before `jira admin go {all}`.");
        Ok(Some(Draft::private(marked(&words))))
    }

    pub(super) async fn go(&self, words: &StopWords) -> Result<Option<Draft>, Error> {
        if words.tools.is_empty() {
            return Err(Error::user_hint("Name what shall go on.", "`jira admin stop` lists what is stopped."));
        }
        let targets = self.targets(words)?;
        let changes = targets.iter().cloned().map(|target| Change::Switch { target, stop: false }).collect();
        let Some((did, snapshot)) = self.commit(changes).await? else { return Ok(None) };
        let started = self.names(&targets, &did, &Did::Changed);
        let kept = self.names(&targets, &did, &Did::Kept);
        let mut words = String::new();
        if !started.is_empty() {
            words = format!("Started again: {}. The rules decide from now on.", started.join(", "));
        }
        if !kept.is_empty() {
            let them = if kept.len() == 1 { "it" } else { "them" };
            words.push_str(&format!(
                " An owner stopped {}; only an owner can start {them} again.",
                and(kept.iter().map(String::as_str))
            ));
        }
        let elsewhere = snapshot.stopped().iter().find(|switch| targets.contains(&switch.target));
        if let Some(switch) = elsewhere {
            words.push_str(&format!(" {} as well; an owner ends that with `{}`.", switch.told().what, switch.remedy()));
        }
        if words.is_empty() {
            words = "Nothing changed: that is not stopped here.".to_owned();
        }
        Ok(Some(Draft::private(marked(words.trim_start()))))
    }

    /// What the words stand for: tools, those of toolsets, or everything.
    fn targets(&self, words: &StopWords) -> Result<Vec<Target>, Error> {
        let snapshot = self.governance.snapshot();
        let mut targets = Vec::new();
        for word in words.tools.iter().flat_map(|word| word.split(',')).filter(|word| !word.is_empty()) {
            let word = word.to_ascii_lowercase();
            let meant = match word.as_str() {
                "everything" | "all" => vec![Target::Everything],
                word => {
                    let tools = self.named(&snapshot, word).ok_or_else(|| self.unknown(word))?;
                    tools.into_iter().map(|facts| Target::Tool(facts.name.clone())).collect()
                }
            };
            for target in meant {
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
        }
        Ok(targets)
    }

    /// The targets of which this became.
    fn names(&self, targets: &[Target], did: &[Did], wanted: &Did) -> Vec<String> {
        let of = targets.iter().zip(did).filter(|(_, did)| *did == wanted).map(|(target, _)| target);
        of.map(|target| match target {
            Target::Tool(tool) => tool.to_string(),
            target => target.to_string(),
        })
        .collect()
    }

    fn first(&self, snapshot: &Snapshot, targets: &[Target]) -> Vec<Inline> {
        let here = self.here(snapshot);
        let first = here.iter().find(|switch| targets.contains(&switch.target));
        first.map_or_else(Vec::new, |switch| switch.told().words())
    }

    /// What is stopped here, by whomever.
    fn here<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s Switch> {
        let platform = Target::Platform(self.workspace.platform.clone());
        let everywhere = snapshot.stopped().iter();
        let everywhere =
            everywhere.filter(|switch| !matches!(switch.target, Target::Platform(_)) || switch.target == platform);
        let own = snapshot.rules(self.workspace).into_iter().flat_map(|rules| rules.stopped());
        everywhere.chain(own).collect()
    }

    fn stops(&self, snapshot: &Snapshot) -> Draft {
        let here = self.here(snapshot);
        if here.is_empty() {
            return Draft::private(marked(
                "Nothing is stopped here. `jira admin stop delete` would stop a tool at once.",
            ));
        }
        let mut text = Text::new();
        for switch in &here {
            let mut words = switch.told().words();
            let who = if switch.owner { "An owner" } else { "An admin" };
            words.extend(marked(&format!(" {who} starts it again with `{}`.", switch.remedy())));
            text = text.paragraph(words);
        }
        Draft::private(text)
    }
}
