//! A reply before its buttons have ids.

use serde::{Deserialize, Serialize};
use usher_chat::{Audience, ButtonStyle, Card, Field, File, Link, Place, Text, Workspace};

use crate::ids::{SiteId, ToolName};

/// A reply whose buttons are still deeds. `bot` stores the deeds and makes it a `chat::Reply`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Who may see it.
    pub audience: Audience,
    /// The words.
    pub text: Text,
    /// Issues and the like.
    pub cards: Vec<Card>,
    /// Buttons, in order of use.
    pub offers: Vec<Offer>,
    /// Links shown beside the buttons.
    pub links: Vec<Link>,
    /// A form to fill in.
    pub form: Option<FormAsk>,
    /// Files and pictures.
    pub files: Vec<File>,
    /// The text asks which of the buttons is meant. Many of them become a menu.
    pub pick: bool,
    /// It takes the place of the message on which the pressed button stands.
    pub instead: bool,
}

impl Draft {
    /// A reply that only the asker sees.
    pub fn private(text: impl Into<Text>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Adds a button.
    pub fn offer(mut self, offer: Offer) -> Self {
        self.offers.push(offer);
        self
    }

    /// Adds a link.
    pub fn link(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.links.push(Link { label: label.into(), url: url.into() });
        self
    }
}

/// A button: what it says, what it does, who may press it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The words on it.
    pub label: String,
    /// How it looks.
    pub style: ButtonStyle,
    /// What a press does. It is decided anew at the press, as the person who presses.
    pub deed: Deed,
    /// Who may press it.
    pub holder: Holder,
}

impl Offer {
    /// A button for the asker alone.
    pub fn mine(label: impl Into<String>, deed: Deed) -> Self {
        Self { label: label.into(), style: ButtonStyle::Plain, deed, holder: Holder::Asker }
    }

    /// A button for whoever presses it.
    pub fn anyone(label: impl Into<String>, deed: Deed) -> Self {
        Self { label: label.into(), style: ButtonStyle::Plain, deed, holder: Holder::Anyone }
    }

    /// Lets the answer take the place of the message on which the button stands.
    pub fn instead(mut self) -> Self {
        if let Deed::Tool { instead, .. } = &mut self.deed {
            *instead = true;
        }
        self
    }

    /// Sets how it looks.
    pub fn style(mut self, style: ButtonStyle) -> Self {
        self.style = style;
        self
    }
}

/// What a press does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Run a tool with these arguments.
    Tool {
        /// Which.
        tool: ToolName,
        /// Its arguments, as the tool's `Args` serialise.
        args: serde_json::Value,
        /// On this site, or on the one that the arguments lead to.
        site: Option<SiteId>,
        /// The press is the confirmation that the tool asks for.
        confirmed: bool,
        /// Show the answer to everyone in the place.
        show: bool,
        /// Where it was first asked, if that is not where the button stands. It is decided for that place, and the
        /// answer stays private.
        #[serde(default)]
        origin: Option<Origin>,
        /// The answer takes the place of the message on which the button stands, where both are for the same eyes.
        #[serde(default)]
        instead: bool,
    },
    /// Do what this line would do if the presser typed it.
    Line(String),
    /// Take the code that a form asked for, like one that was sent as a private message.
    Code,
    /// End a link that somebody else made to the presser's Jira account. Holds the link's id.
    NotMe(String),
    /// Ask the admins to allow a call once.
    AskAdmin {
        /// Which tool.
        tool: ToolName,
        /// Its arguments.
        args: serde_json::Value,
        /// On which site.
        site: SiteId,
        /// Where it was refused.
        origin: Origin,
    },
    /// Ask a second person to agree to a call. The place is the one where it takes two.
    AskSecond {
        /// Which tool.
        tool: ToolName,
        /// Its arguments.
        args: serde_json::Value,
        /// On which site.
        site: SiteId,
        /// Where.
        origin: Origin,
    },
    /// Approve or block tools that wait in a workspace.
    Review {
        /// Where they wait.
        workspace: Workspace,
        /// Which.
        tools: Vec<ToolName>,
        /// Approve them, or block them.
        approve: bool,
    },
    /// Decide, as an admin or as a second person, about what somebody asked for.
    Decide {
        /// The request's id.
        request: String,
        /// Allow it once, or decline.
        allow: bool,
    },
    /// Do nothing but take the question away.
    Dismiss,
}

impl Deed {
    /// Run a tool, unconfirmed, shown as the decision says.
    pub fn tool(tool: ToolName, args: serde_json::Value, site: Option<SiteId>) -> Self {
        Self::Tool { tool, args, site, confirmed: false, show: false, origin: None, instead: false }
    }
}

/// Where something was first asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The place.
    pub place: Place,
    /// Its name.
    pub name: String,
}

/// Who may press a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// Only the person it was made for.
    Asker,
    /// Whoever presses, as themselves.
    Anyone,
}

/// A form that leads to a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormAsk {
    /// Its heading.
    pub title: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What a submit does: the entered values join the arguments under `fields`.
    pub deed: Deed,
}
