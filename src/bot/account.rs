//! Everything that is not a tool: accounts, codes, admin commands, help.

use usher_chat::{Command, Member, Person, Place};

use super::{Bot, trip::Trip};
use crate::{
    error::Error,
    governance::{AdminCommand, JiraGroup, Membership},
    identity::{AccountCommand, Answer, Candidate, Resume},
    ids::Access,
    replies::{Deed, Draft, Offer, Origin, Refusal, help},
    router::{Named, Request, ToolRequest},
};

/// The commands that are no tools, for help.
const ALSO: [(&str, &str); 7] = [
    ("connect [SITE]", "Link your Jira account, so that I act in your name"),
    ("disconnect [SITE]", "Delete your link and its access"),
    ("whoami", "Show which Jira accounts you are linked to"),
    ("activity", "Show what you did lately"),
    ("default [SITE PROJECT]", "Say which site and project you mean where you name none"),
    ("tools", "Show what you may do here"),
    ("admin …", "Decide who may do what here"),
];

impl Bot {
    /// Where the bot has not been admitted it says one sentence, and does nothing but be admitted.
    pub(super) fn not_admitted(&self, trip: &Trip, request: &Request) -> Option<Refusal> {
        match request {
            Request::Admin(AdminCommand::Admit) => None,
            Request::Tool(ToolRequest { origin: Some(_), .. })
            | Request::AskAdmin(_)
            | Request::AskSecond(_)
            | Request::Review { .. }
            | Request::Decide { .. } => None,
            Request::Account(AccountCommand::Connect(_)) => {
                self.governance.admitted(&trip.asker).err().or_else(|| self.governance.stopped(&trip.asker))
            }
            _ => self.governance.admitted(&trip.asker).err(),
        }
    }

    /// What the platform says about the person where the event happened, as told with the event or asked now. For
    /// ordinary calls.
    pub(super) async fn member_hint(&self, trip: &Trip) -> Membership {
        self.member_at(trip, &trip.asker.place).await
    }

    /// The same for another place, such as the one where something was first asked.
    pub(super) async fn member_at(&self, trip: &Trip, place: &Place) -> Membership {
        let member = match &trip.event.member {
            Some(member) if *place == trip.asker.place => member.clone(),
            _ => self.member_of(place, &trip.asker.person).await,
        };
        self.with_groups(place, &trip.asker.person, member).await
    }

    /// Adds the Jira groups of somebody, on the sites whose groups some rule of the workspace names and on no other.
    async fn with_groups(&self, place: &Place, person: &Person, member: Member) -> Membership {
        let mut membership = Membership::from(member);
        let Some(workspace) = place.workspace().filter(|_| membership.member.present) else { return membership };
        for site in self.governance.group_sites(workspace) {
            let groups = self.identity.groups(person, &site).await;
            membership.groups.extend(groups.iter().map(|name| JiraGroup::new(name, site.clone())));
        }
        membership
    }

    /// What the platform says now. Not knowing means not being there.
    pub(super) async fn member_of(&self, place: &Place, person: &Person) -> Member {
        let Some(workspace) = place.workspace() else {
            return Member { present: true, ..Member::default() };
        };
        let Some(adapter) = self.adapters.get(&workspace.platform) else { return Member::default() };
        match adapter.member(workspace, person).await {
            Ok(member) => member,
            Err(error) => {
                tracing::warn!(%error, "the platform did not say who is a member");
                Member::default()
            }
        }
    }

    pub(super) async fn account(&self, trip: &Trip, command: AccountCommand) -> Result<(), Error> {
        if !self.governance.first(&trip.asker).await? {
            return Ok(());
        }
        let ends = matches!(command, AccountCommand::Disconnect(_));
        let answer = self.identity.command(&trip.asker, command, None).await?;
        if ends {
            self.shelves.forget(&trip.asker.person);
        }
        self.tell_all(trip, answer).await
    }

    pub(super) async fn not_me(&self, trip: &Trip, link: &str) -> Result<(), Error> {
        if !self.governance.first(&trip.asker).await? {
            return Ok(());
        }
        let answer = self.identity.not_me(&trip.asker, link).await?;
        self.shelves.forget_link(link);
        self.tell_all(trip, answer).await
    }

    /// A text that may be a code: if this person waits for none, it is what it would be otherwise.
    pub(super) async fn code(&self, trip: &Trip, candidate: Candidate, otherwise: Request) -> Result<(), Error> {
        let spelled = candidate.is_spelled_as_ours();
        if self.governance.admitted(&trip.asker).is_ok()
            && let Some(answer) = self.identity.code(&trip.asker, candidate).await?
        {
            return self.tell_all(trip, answer).await;
        }
        match otherwise {
            Request::Nothing if trip.asker.private && spelled => self.reply(trip, self.identity.not_waiting()).await,
            Request::Nothing => Ok(()),
            request => self.act(trip, request).await,
        }
    }

    async fn tell_all(&self, trip: &Trip, answer: Answer) -> Result<(), Error> {
        if answer.burn
            && let (Some(message), Some(adapter)) =
                (&trip.event.message, self.adapters.get(&trip.asker.person.platform))
            && let Err(error) = adapter.delete(message).await
        {
            tracing::info!(%error, "a message with a code could not be deleted");
        }
        for draft in answer.drafts {
            self.reply(trip, draft).await?;
        }
        for (person, draft) in answer.notices {
            self.tell(&person, draft).await?;
        }
        match answer.resume {
            Some(resume) => self.resume(trip, resume).await,
            None => Ok(()),
        }
    }

    /// Takes up what was asked before linking. What only looks is shown, in private; a change waits for a press. Both
    /// are decided for the place where they were asked.
    async fn resume(&self, trip: &Trip, resume: Resume) -> Result<(), Error> {
        let Some(tool) = self.table.get(resume.tool.as_str()) else { return Ok(()) };
        let origin = Origin { place: resume.place, name: resume.names.place };
        match tool.access {
            Access::Read => {
                let site = resume.site.map(Named::Id);
                let origin = Some(origin);
                let request = ToolRequest {
                    tool,
                    args: resume.args,
                    site,
                    confirmed: false,
                    show: false,
                    origin,
                    instead: false,
                };
                self.call(trip, request).await
            }
            Access::Write | Access::Destructive => {
                let words = format!("You asked for `{}` before. Do it now?", tool.line(&resume.args));
                let (args, site) = (resume.args, resume.site);
                let tool = resume.tool;
                let deed = Deed::Tool {
                    tool,
                    args,
                    site,
                    confirmed: false,
                    show: false,
                    origin: Some(origin),
                    instead: false,
                };
                let draft = Draft::private(crate::replies::error::marked(&words));
                self.reply(trip, draft.offer(Offer::mine("Go on", deed)).offer(Offer::mine("Not now", Deed::Dismiss)))
                    .await
            }
        }
    }

    pub(super) async fn default(&self, trip: &Trip, words: &[String]) -> Result<(), Error> {
        match self.governance.own_default(&trip.asker, words).await? {
            Some(draft) => self.reply(trip, draft).await,
            None => Ok(()),
        }
    }

    pub(super) async fn activity(&self, trip: &Trip) -> Result<(), Error> {
        match self.governance.activity(&trip.asker).await? {
            Some(draft) => self.reply(trip, draft).await,
            None => Ok(()),
        }
    }

    pub(super) async fn admin(&self, trip: &Trip, command: AdminCommand) -> Result<(), Error> {
        let fresh = self.member_of(&trip.asker.place, &trip.asker.person).await;
        let permit = match self.governance.admit_admin(&trip.asker, &fresh, &command).await {
            Ok(permit) => permit,
            Err(refusal) => return self.reply(trip, refusal.draft()).await,
        };
        let subject = match command.subject(&trip.asker)? {
            Some(person) => {
                let place = &trip.asker.place;
                let member = self.member_of(place, &person).await;
                Some(self.with_groups(place, &person, member).await)
            }
            None => None,
        };
        for draft in self.governance.command(permit, command, subject).await? {
            self.reply(trip, draft).await?;
        }
        Ok(())
    }

    pub(super) async fn help(&self, trip: &Trip, topic: Option<&str>) -> Result<(), Error> {
        let draft = match topic {
            None | Some("all") => {
                let administers = self.governance.administers(&trip.asker, &self.member_hint(trip).await.member);
                let also = ALSO.into_iter().filter(|(usage, _)| administers || !usage.starts_with("admin"));
                help::overview(&self.commands_for(trip).await, &also.collect::<Vec<_>>(), topic.is_some())
            }
            Some("admin") => help::list("Admin commands", &crate::router::admin_help()),
            Some(topic) => match self.table.get(topic) {
                Some(tool) => help::command(&tool.as_command(), &tool.explained(), tool.examples),
                None => match ALSO.iter().find(|(usage, _)| usage.split(' ').next() == Some(topic)) {
                    Some((usage, summary)) => help::line(usage, summary),
                    None => {
                        let message = format!("There is no help on `{}`.", crate::replies::shorten(topic));
                        return Err(Error::user_hint(message, "`jira help` lists what I can do."));
                    }
                },
            },
        };
        self.reply(trip, draft).await
    }

    pub(super) async fn tools(&self, trip: &Trip) -> Result<(), Error> {
        let commands = self.commands_for(trip).await;
        let place = match trip.asker.place.is_direct() {
            true => "direct messages",
            false => &trip.asker.names.place,
        };
        self.reply(trip, help::tools(place, &commands)).await
    }

    async fn commands_for(&self, trip: &Trip) -> Vec<Command> {
        let member = self.member_hint(trip).await;
        let allowed = self.governance.allowed(&trip.asker, &member);
        let may = |name: &str| allowed.iter().any(|tool| tool.as_str() == name);
        self.table.iter().filter(|tool| may(tool.name)).map(|tool| tool.as_command()).collect()
    }
}
