//! One person's way through linking, and what can happen on it.

use serde_json::Value;
use url::Url;
use usher_chat::Person;

use super::{
    chromium::Chromium,
    look::{Expected, Looks},
    names::shown,
    stage::{Kind, Stage},
    tab::Tab,
};

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Nothing.
    Through,
    /// The person goes back, and forth again.
    Back,
    /// The page is loaded again wherever the person is.
    Again,
    /// The person says no.
    Denied,
    /// The way back is opened in another profile first.
    Elsewhere,
}

/// All of them.
pub const WAYS: [Way; 5] = [Way::Through, Way::Back, Way::Again, Way::Denied, Way::Elsewhere];

const GONE: Expected<'static> = Expected { status: 404, heading: "This link is no longer good", names: &[] };

/// One walk.
pub struct Walk<'a> {
    stage: &'a Stage,
    chromium: &'a Chromium,
    looks: &'a mut Looks,
    way: Way,
    hosts: Vec<Url>,
    person: Person,
    /// What the person, their Jira account and their workspace are called.
    names: [String; 3],
    /// Links that should be.
    pub linked: u64,
    /// Links that should not.
    pub wrong: u64,
}

impl<'a> Walk<'a> {
    /// Of a person who is new to the bot.
    pub fn new(
        stage: &'a Stage,
        chromium: &'a Chromium,
        looks: &'a mut Looks,
        way: Way,
        number: u64,
        names: [String; 3],
    ) -> Self {
        let (hosts, person) = (stage.hosts(), stage.person(number));
        stage.ground.jira.rename("ada", &names[1]);
        Self { stage, chromium, looks, way, hosts, person, names, linked: 0, wrong: 0 }
    }

    /// To its end.
    ///
    /// # Errors
    /// What did not come.
    pub async fn goes(&mut self) -> Result<(), String> {
        let (tab, other) = (Tab::open(self.chromium).await?, Tab::open(self.chromium).await?);
        let site = self.stage.site();
        let [name, _, workspace] = &self.names;
        let said = self.stage.hears(&self.person, name, Some(workspace), &format!("jira connect {site}")).await;
        let link = said.link().ok_or_else(|| format!("no link in: {}", said.text()))?;
        let code = match self.stage.kind {
            Kind::DataCenterOauth1 => self.verification(&tab, &other, &link).await?,
            _ => self.approval(&tab, &other, &link).await?,
        };
        self.nobody_is_linked();
        if let Some(code) = code {
            let said = self.stage.hears(&self.person, &self.names[0], None, &code).await.text();
            match &self.stage.linked(&self.person)[..] {
                [account] if *account == self.names[1] => self.linked += 1,
                [account] => return Err(format!("linked as {account:?} in place of {:?}", self.names[1])),
                _ => return Err(format!("not linked: {said}")),
            }
            // What is used up leads nobody anywhere.
            other.goes(&link).await?;
            match self.stage.kind {
                Kind::DataCenterOauth1 => drop(self.looks.theirs(&other, &self.hosts).await?),
                _ => drop(self.looks.ours(&other, &self.hosts, GONE).await?),
            }
        }
        tab.ends().await?;
        other.ends().await
    }

    /// OAuth 2.0: our page, the provider's, and ours again.
    async fn approval(&mut self, tab: &Tab, other: &Tab, link: &str) -> Result<Option<String>, String> {
        let names = [shown(&self.names[0]), shown(&self.names[1]), shown(&self.stage.place(&self.names[2]))];
        let [person, account, place] = names.each_ref().map(String::as_str);
        // A site on loopback goes by its name.
        let heading = format!("Link with {}?", self.stage.site());
        let asks = [person, place, person];
        let question = || Expected { status: 200, heading: &heading, names: &asks };

        tab.goes(link).await?;
        self.looks.ours(tab, &self.hosts, question()).await?;
        if self.way == Way::Again {
            tab.reloads().await?;
            self.looks.ours(tab, &self.hosts, question()).await?;
        }
        tab.follows("main form button").await?;
        self.accounts(tab).await?;
        if self.way == Way::Back {
            tab.goes_back().await?;
            self.looks.ours(tab, &self.hosts, question()).await?;
            tab.follows("main form button").await?;
            self.accounts(tab).await?;
        }
        if self.way == Way::Again {
            tab.reloads().await?;
            self.accounts(tab).await?;
        }
        self.nobody_is_linked();
        tab.presses("input[value=ada]").await?;
        match self.way {
            Way::Denied => {
                tab.follows("button[value=deny]").await?;
                let nothing = Expected { status: 200, heading: "Nothing was linked", names: &[] };
                self.looks.ours(tab, &self.hosts, nothing).await?;
                tab.reloads().await?;
                self.looks.ours(tab, &self.hosts, GONE).await?;
                return Ok(None);
            }
            Way::Elsewhere => {
                let back = tab.stops_before("*/oauth/callback/*", "button[value=allow]").await?;
                other.goes(&back).await?;
                let foreign = Expected { status: 400, heading: "This did not start here", names: &[] };
                self.looks.ours(other, &self.hosts, foreign).await?;
                tab.goes(&back).await?;
                self.looks.ours(tab, &self.hosts, GONE).await?;
                return Ok(None);
            }
            Way::Through | Way::Back | Way::Again => tab.follows("button[value=allow]").await?,
        }
        let approved = Expected { status: 200, heading: "Almost there", names: &[account, account, person, place] };
        let page = self.looks.ours(tab, &self.hosts, approved).await?;
        let code = page["code"].as_str().ok_or("no code on the page")?.to_owned();
        self.nobody_is_linked();
        let back = page["url"].as_str().unwrap_or_default();
        if self.way == Way::Again {
            tab.reloads().await?;
            self.looks.ours(tab, &self.hosts, GONE).await?;
        }
        if self.way == Way::Back {
            tab.goes_back().await?;
            self.looks.theirs(tab, &self.hosts).await?;
        }
        other.goes(back).await?;
        self.looks.ours(other, &self.hosts, GONE).await?;
        Ok(Some(code))
    }

    /// OAuth 1.0a: Jira's own pages, of which the last shows the code.
    async fn verification(&mut self, tab: &Tab, other: &Tab, link: &str) -> Result<Option<String>, String> {
        tab.goes(link).await?;
        self.accounts(tab).await?;
        if self.way == Way::Again {
            tab.reloads().await?;
            self.accounts(tab).await?;
        }
        if self.way == Way::Elsewhere {
            other.goes(link).await?;
            self.accounts(other).await?;
        }
        tab.presses("input[value=ada]").await?;
        if self.way == Way::Denied {
            tab.follows("button[value=deny]").await?;
            self.looks.theirs(tab, &self.hosts).await?;
            return Ok(None);
        }
        tab.follows("button[value=allow]").await?;
        let page = self.looks.theirs(tab, &self.hosts).await?;
        let code = page["code"].as_str().ok_or("no code on Jira's page")?.to_owned();
        self.nobody_is_linked();
        if self.way == Way::Back {
            tab.goes_back().await?;
            self.looks.theirs(tab, &self.hosts).await?;
        }
        // The way back of OAuth 2.0 is no way here.
        let back = format!("{}oauth/callback/corp?state=x&code={code}", self.stage.ground.config.public_url);
        other.goes(&back).await?;
        self.looks.ours(other, &self.hosts, GONE).await?;
        Ok(Some(code))
    }

    /// The provider's question, with everybody who can sign in.
    async fn accounts(&mut self, tab: &Tab) -> Result<(), String> {
        let page = self.looks.theirs(tab, &self.hosts).await?;
        let accounts: Vec<&str> = page["accounts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // A browser reads some control characters as others.
        let name = &self.names[1];
        if name.chars().any(char::is_control) || accounts.contains(&name.as_str()) {
            return Ok(());
        }
        Err(format!("the provider's page names {accounts:?}, not {name:?}"))
    }

    fn nobody_is_linked(&mut self) {
        self.wrong += self.stage.linked(&self.person).len() as u64;
    }
}
