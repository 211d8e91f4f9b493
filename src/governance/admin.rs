//! The admin commands at work: who may give them, and what their words mean.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use serde_json::json;
use usher_chat::{ChannelId, Member, Place, Workspace, tree::Inline};

use super::{
    AdminCommand, AdminPermit, Governance, Membership, ToolFacts,
    change::{Actor, Change, Did, Job},
    commands::{ExplainWords, KeyWords, NoticesWords, PolicyWords, RuleWords, ToolWords},
    decide::Question,
    explain::explain,
    govern::{asked, place_name, plain_refusal},
    policy, profile,
    reading::{Known, projects},
    rules::{Approval, Effect, Rule, RuleKey},
    snapshot::{Ground, Snapshot},
    words,
};
use crate::{
    audit::Kind,
    error::Error,
    ids::{Asker, ProjectKey, ToolName},
    replies::{Draft, Refusal, Step, error::marked},
    store::StoreError,
};

impl Governance {
    /// Decides about an admin or owner command. `fresh` is what the platform says about the person's membership now,
    /// asked for this command.
    ///
    /// # Errors
    /// The refusal to show. It has left its row.
    pub async fn admit_admin(
        &self,
        asker: &Asker,
        fresh: &Member,
        command: &AdminCommand,
    ) -> Result<AdminPermit, Refusal> {
        let step = match self.may_command(asker, fresh, command) {
            Ok(workspace) => {
                self.commanded(&workspace, &asker.person);
                return Ok(AdminPermit::new(asker.clone(), workspace, command.clone()));
            }
            Err(step) => step,
        };
        let at = self.inner.clock.now().as_millisecond();
        let mut row = asked(asker, at, Kind::Decision, format!("deny:{}", step.as_str()));
        row.detail = json!({"admin": command.name()});
        match self.submit(asker.clone(), row, true).await {
            Ok(_) | Err(StoreError::Conflict) => {}
            Err(error) => tracing::error!(%error, "a refusal could not be written to the audit"),
        }
        Err(plain_refusal(asker, step))
    }

    fn may_command(&self, asker: &Asker, fresh: &Member, command: &AdminCommand) -> Result<Workspace, Step> {
        let inline = command.place().is_some_and(|word| word.eq_ignore_ascii_case(Place::INLINE));
        let inline = inline.then(|| Place::inline(asker.place.platform().clone()));
        let inline = inline.as_ref().and_then(Place::workspace).filter(|there| self.snapshot().rules(there).is_some());
        let workspace = inline.or_else(|| asker.place.workspace()).ok_or(Step::NoWorkspace)?;
        let ours = asker.person.platform == workspace.platform;
        let owner = ours && self.is_owner(&asker.person);
        let admitted = ours && self.snapshot().rules(workspace).is_some();
        match command {
            AdminCommand::Admit if owner => Ok(workspace.clone()),
            _ if !admitted => Err(Step::Admission),
            command if (command.owner_only() || inline.is_some()) && !owner => Err(Step::NotOwner),
            _ if owner || self.commands(&asker.person, fresh) => Ok(workspace.clone()),
            _ => Err(Step::NotAdmin),
        }
    }

    /// Carries out a command. `subject` is what the platform says about [`AdminCommand::subject`] now, where there is
    /// one. Each change commits with its audit row. No draft: the event was handled before.
    ///
    /// # Errors
    /// A word that means nothing, a permit for another command, or a store that fails.
    pub async fn command(
        &self,
        permit: AdminPermit,
        command: AdminCommand,
        subject: Option<Membership>,
    ) -> Result<Vec<Draft>, Error> {
        let (asker, workspace, permitted) = permit.into_parts();
        if permitted != command {
            return Err(Error::internal("a permit was used for another command"));
        }
        failpoint!("admin.admitted");
        let desk = Desk { governance: self, asker: &asker, workspace: &workspace, now: self.inner.clock.now() };
        let draft = match command {
            AdminCommand::Admit => desk.admit().await?,
            AdminCommand::Dismiss => desk.dismiss().await?,
            AdminCommand::Allow(words) => desk.rule(Effect::Allow, &words).await?,
            AdminCommand::Deny(words) => desk.rule(Effect::Deny, &words).await?,
            AdminCommand::Forget(words) => desk.forget(&words).await?,
            AdminCommand::Approve(words) => desk.review(Approval::Approved, &words).await?,
            AdminCommand::Block(words) => desk.review(Approval::Blocked, &words).await?,
            AdminCommand::Stop(words) => desk.stop(&words).await?,
            AdminCommand::Go(words) => desk.go(&words).await?,
            AdminCommand::Toolset(words) => desk.toolset(&words).await?,
            AdminCommand::Profile(words) => desk.profile(&words).await?,
            AdminCommand::Audit(words) => desk.audit(&words).await?,
            AdminCommand::Notices(words) => desk.notices(&words).await?,
            AdminCommand::Policy(words) => desk.policy(&words).await?,
            AdminCommand::TwoPerson(words) => desk.two_person(&words).await?,
            AdminCommand::Default(words) => desk.default(&words).await?,
            AdminCommand::Explain(words) => desk.explain(&words, subject).await?,
        };
        Ok(draft.into_iter().collect())
    }

    /// Commits changes with their rows and the event's mark. `None`: the event was handled before.
    pub(super) async fn commit(&self, job: Job, changes: Vec<Change>) -> Result<Option<Vec<Did>>, Error> {
        let this = self.clone();
        // On a task of its own: whoever stops waiting must not leave a snapshot that knows nothing of the change.
        let work = tokio::spawn(async move {
            let did = this.inner.store.write(move |tx| job.run(tx, changes)).await;
            failpoint!("admin.committed");
            this.current()?;
            Ok(did?)
        });
        work.await.map_err(Error::internal)?
    }
}

/// One command being carried out.
pub(super) struct Desk<'a> {
    pub(super) governance: &'a Governance,
    pub(super) asker: &'a Asker,
    pub(super) workspace: &'a Workspace,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    pub(super) fn ground(&self) -> &Ground {
        &self.governance.inner.ground
    }

    pub(super) async fn commit(&self, changes: Vec<Change>) -> Result<Option<(Vec<Did>, Arc<Snapshot>)>, Error> {
        let by = Actor::Chat(Box::new(self.asker.clone()));
        let job = Job { now: self.now, ..Job::new(self.governance, by, self.workspace) };
        let did = self.governance.commit(job, changes).await?;
        Ok(did.map(|did| (did, self.governance.snapshot())))
    }

    async fn admit(&self) -> Result<Option<Draft>, Error> {
        let name = self.asker.names.workspace.clone().unwrap_or_default();
        let Some((did, snapshot)) = self.commit(vec![Change::Admit { name }]).await? else { return Ok(None) };
        Ok(Some(words::admitted(&snapshot, self.workspace, did.first())))
    }

    async fn dismiss(&self) -> Result<Option<Draft>, Error> {
        if self.ground().settings.workspaces.contains(self.workspace) {
            return Err(Error::user_hint(
                "The configuration admits this workspace.",
                "Take it out of `workspaces` there and start again.",
            ));
        }
        let Some(_) = self.commit(vec![Change::Dismiss]).await? else { return Ok(None) };
        Ok(Some(Draft::private(
            "This workspace is dismissed. Nothing works here until an owner admits it again; its rules are kept.",
        )))
    }

    async fn rule(&self, effect: Effect, words: &RuleWords) -> Result<Option<Draft>, Error> {
        let rules = self.known(&self.governance.snapshot()).rules(effect, words)?;
        let keys: Vec<RuleKey> = rules.iter().map(|rule| rule.key.clone()).collect();
        let old = self.present(&keys);
        let changes = rules.iter().cloned().map(Change::Put).collect();
        let Some((did, snapshot)) = self.commit(changes).await? else { return Ok(None) };
        if did.contains(&Did::Missing) {
            return Err(Error::user_hint(
                "A toolset or profile that this names was just deleted.",
                "Look at what there is and try again.",
            ));
        }
        let changed = did.contains(&Did::Changed);
        let place = self.place(rules.first().and_then(|rule| rule.key.channel.as_ref()));
        let draft = words::ruled(&snapshot, self.workspace, &rules, &place, changed, self.now.as_second());
        Ok(Some(if changed { words::replacing(draft, &old) } else { draft }))
    }

    /// The rules that stand under these keys now.
    fn present(&self, keys: &[RuleKey]) -> Vec<Rule> {
        let snapshot = self.governance.snapshot();
        let rules = snapshot.rules(self.workspace);
        rules.into_iter().flat_map(|rules| keys.iter().filter_map(|key| rules.get(key).cloned())).collect()
    }

    async fn forget(&self, words: &KeyWords) -> Result<Option<Draft>, Error> {
        let keys = self.known(&self.governance.snapshot()).keys(words)?;
        let old = self.present(&keys);
        let changes = keys.iter().cloned().map(Change::Forget).collect();
        let Some((_, snapshot)) = self.commit(changes).await? else { return Ok(None) };
        Ok(Some(words::forgotten(&snapshot, self.workspace, &keys, &old)))
    }

    async fn review(&self, approval: Approval, words: &ToolWords) -> Result<Option<Draft>, Error> {
        let before = self.governance.snapshot();
        let (chosen, blocked) = self.chosen(&before, approval, words)?;
        let changes = chosen.iter().map(|tool| Change::Review(tool.clone(), approval)).collect();
        let Some((did, snapshot)) = self.commit(changes).await? else { return Ok(None) };
        let changed = chosen.iter().zip(&did).filter(|(_, did)| **did != Did::Nothing).map(|(tool, _)| tool.clone());
        let changed: Vec<ToolName> = changed.collect();
        Ok(Some(words::reviewed(&snapshot, self.workspace, approval, &chosen, &changed, &blocked)))
    }

    /// The tools that the words stand for, and those that stay blocked because only a set names them.
    fn chosen(
        &self,
        snapshot: &Snapshot,
        approval: Approval,
        words: &ToolWords,
    ) -> Result<(Vec<ToolName>, Vec<ToolName>), Error> {
        let (ground, rules) = (self.ground(), snapshot.rules(self.workspace));
        let (mut chosen, mut blocked) = (BTreeSet::new(), BTreeSet::new());
        for word in words.tools.iter().flat_map(|word| word.split(',')).filter(|word| !word.is_empty()) {
            let word = word.to_ascii_lowercase();
            let all = (word == "all").then(|| ground.tools.iter().collect());
            let named = all.or_else(|| self.named(snapshot, &word)).ok_or_else(|| self.unknown(&word))?;
            for facts in named {
                let alone = facts.name.as_str() == word;
                let forbidden = ground.settings.forbid.holds(facts);
                let held = rules.is_some_and(|rules| rules.approval(&facts.name) == Approval::Blocked);
                match approval {
                    Approval::Approved if forbidden && alone => {
                        return Err(Error::user(format!("The owner's configuration forbids `{word}` everywhere.")));
                    }
                    Approval::Approved if forbidden => {}
                    Approval::Approved if held && !alone => {
                        blocked.insert(facts.name.clone());
                    }
                    _ => {
                        chosen.insert(facts.name.clone());
                    }
                }
            }
        }
        let listed = |set: &BTreeSet<ToolName>| {
            ground.tools.iter().map(|facts| &facts.name).filter(|name| set.contains(name)).cloned().collect()
        };
        blocked.retain(|tool| !chosen.contains(tool));
        Ok((listed(&chosen), listed(&blocked)))
    }

    async fn policy(&self, words: &PolicyWords) -> Result<Option<Draft>, Error> {
        let word = words.channel.as_deref().or(words.place.as_deref());
        let channel = word.map(|word| profile::channel(word, &self.asker.place)).transpose()?;
        let title = channel.as_ref().map_or_else(|| "Whole workspace".into(), |channel| self.channel(channel));
        let Some((_, snapshot)) = self.commit(Vec::new()).await? else { return Ok(None) };
        let mut text = policy::table(&snapshot, self.workspace, channel.as_ref(), title, self.now.as_second());
        if channel.is_none() {
            text = text.paragraph(marked(&self.governance.confirmed(self.workspace)?));
        }
        Ok(Some(Draft::private(text)))
    }

    async fn notices(&self, words: &NoticesWords) -> Result<Option<Draft>, Error> {
        let to = match words.channel.as_deref() {
            None => None,
            Some(word) if word.eq_ignore_ascii_case("off") => Some(None),
            Some(word) => {
                let channel = profile::channel(word, &self.asker.place)?;
                Some(Some(Place::channel(self.workspace.clone(), channel)))
            }
        };
        let changes = to.into_iter().map(Change::Notices).collect();
        let Some(_) = self.commit(changes).await? else { return Ok(None) };
        let place = self.governance.notices(self.workspace)?;
        let words = match place.as_ref().and_then(Place::channel_id) {
            Some(channel) => vec!["Requests and news for admins go to ".into(), self.channel(channel), ".".into()],
            None => marked(
                "Requests and news go to each admin who has used `jira admin` here, in private. \
                 `jira admin notices here` gives them a channel.",
            ),
        };
        Ok(Some(Draft::private(words)))
    }

    async fn explain(&self, words: &ExplainWords, subject: Option<Membership>) -> Result<Option<Draft>, Error> {
        let person = profile::person(&words.person, self.asker.place.platform())?;
        let tool = words.tool.to_ascii_lowercase();
        let Some(facts) = tool.parse().ok().and_then(|tool| self.ground().tools.get(&tool)) else {
            return Err(self.unknown(&tool));
        };
        let channel = profile::channel(words.place.as_deref().unwrap_or("here"), &self.asker.place)?;
        let projects: Vec<ProjectKey> =
            words.project.as_deref().map(projects).transpose()?.unwrap_or_default().into_iter().collect();
        let Some((_, snapshot)) = self.commit(Vec::new()).await? else { return Ok(None) };
        let question = Question {
            person: &person,
            place: &Place::channel(self.workspace.clone(), channel.clone()),
            member: &subject.unwrap_or_default(),
            tool: &facts.name,
            site: None,
            projects: &projects,
            confirmed: false,
            once: false,
            second: false,
            now: self.now.as_second(),
        };
        Ok(Some(Draft::private(explain(&snapshot, &question, self.channel(&channel)))))
    }

    /// The tools that a word stands for in this workspace.
    pub(super) fn named(&self, snapshot: &Snapshot, word: &str) -> Option<Vec<&ToolFacts>> {
        match snapshot.rules(self.workspace) {
            Some(rules) => rules.named(word, &self.ground().tools),
            None => self.ground().tools.named(word),
        }
    }

    pub(super) fn unknown(&self, word: &str) -> Error {
        self.known(&self.governance.snapshot()).unknown(word)
    }

    /// What words may name here.
    pub(super) fn known<'k>(&'k self, snapshot: &'k Snapshot) -> Known<'k> {
        Known::at(snapshot, self.ground(), &self.asker.place, self.now)
    }

    /// ` in #eng`, or the words for all of them.
    fn place(&self, channel: Option<&ChannelId>) -> Vec<Inline> {
        match channel {
            Some(channel) => vec!["in ".into(), self.channel(channel)],
            None => vec!["in every channel of this workspace".into()],
        }
    }

    pub(super) fn channel(&self, channel: &ChannelId) -> Inline {
        match self.asker.place.channel_id() == Some(channel) {
            true => place_name(self.asker).into(),
            false => profile::channel_label(channel),
        }
    }
}
