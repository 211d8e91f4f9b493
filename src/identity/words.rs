//! What identity says. One thought a reply: the fact first, the next step last.

use usher_chat::{
    ButtonStyle, Field, FieldKind, Form, Place, Platform, Text,
    tree::{Block, Inline},
};

use super::{answer::LinkView, attempt::Names, sites::SiteSetup};
use crate::{
    ids::{Asker, SiteId},
    replies::{Deed, Draft, FormAsk, Offer, capitalised, error::marked},
    store::links::LinkState,
};

/// A private reply in which words between backquotes are commands.
pub(super) fn say(text: &str) -> Draft {
    Draft::private(Text::from(marked(text)))
}

/// [Link acme].
pub(super) fn link_offer(site: &SiteId) -> Offer {
    Offer::mine(format!("Link {site}"), Deed::Line(format!("connect {site}"))).style(ButtonStyle::Primary)
}

/// [Link again].
pub(super) fn again_offer(site: &SiteId) -> Offer {
    Offer::mine("Link again", Deed::Line(format!("connect {site}"))).style(ButtonStyle::Primary)
}

pub(super) fn with_links<'s>(mut draft: Draft, sites: impl IntoIterator<Item = &'s SiteSetup>) -> Draft {
    draft.offers.extend(sites.into_iter().map(|site| link_offer(&site.id)));
    draft
}

pub(super) fn not_waiting(sites: &[SiteSetup]) -> Draft {
    let words = "I am not waiting for a code from you: codes work once, and for 10 minutes. Start again here:";
    with_links(Draft::private(words), sites)
}

pub(super) fn no_sites() -> Draft {
    say("No Jira site is set up yet. Tell whoever runs Usher.")
}

pub(super) fn unknown_site(named: &str, sites: &[SiteSetup]) -> Draft {
    let named: String = named.chars().filter(|c| !c.is_control() && *c != '`').take(80).collect();
    let hosts: Vec<String> = sites.iter().map(SiteSetup::host).collect();
    with_links(say(&format!("I don't work with `{named}`. I work with {}.", hosts.join(" and "))), sites)
}

pub(super) fn which_site(sites: &[SiteSetup]) -> Draft {
    with_links(say("Which Jira do you want to link?"), sites)
}

pub(super) fn open_page(site: &SiteSetup, url: &str, present: Option<&str>) -> Draft {
    let text = match present {
        Some(account) => format!(
            "You are linked to {} as {account}. To link again, open this page and approve. It is yours alone and works for 10 minutes.",
            site.host()
        ),
        None => {
            "Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.".into()
        }
    };
    with_code_form(Draft::private(text).link("Open the page", url))
}

pub(super) fn authorize_in_jira(site: &SiteSetup, url: &str, present: Option<&str>) -> Draft {
    let lead = present.map(|account| format!("You are linked to {} as {account}. To link again: ", site.host()));
    let text = format!(
        "{}approve in Jira, then paste the verification code it shows here, in a direct message. You need to reach {} for this step only.",
        lead.as_deref().unwrap_or_default(),
        site.host()
    );
    let draft = Draft::private(capitalised(&text))
        .link("Authorize in Jira", url)
        .offer(Offer::mine("I see no code", Deed::Line(format!("connect {} --no-code", site.id))));
    with_code_form(draft)
}

/// Adds the form that takes the code, for platforms where it comes easier than a message.
fn with_code_form(mut draft: Draft) -> Draft {
    let field = Field {
        name: Form::CODE.to_owned(),
        label: "Code".to_owned(),
        kind: FieldKind::Line,
        required: true,
        options: Vec::new(),
        value: None,
        hint: None,
    };
    draft.form = Some(FormAsk { title: "Enter code".to_owned(), fields: vec![field], deed: Deed::Code });
    draft
}

pub(super) fn no_code(url: &str) -> Draft {
    say("When Jira shows no code after you allowed it, copy the whole address from your browser's address bar and \
         send it to me here, in a direct message. The code stands in it, after `oauth_verifier=`.")
    .link("Authorize in Jira", url)
}

pub(super) fn linked(site: &SiteSetup, account: &str) -> Draft {
    Draft::private(format!("Linked: you act on {} as {account}.", site.host()))
}

pub(super) fn wrong_code(left: i64) -> Draft {
    let tries = if left == 1 { "1 try".to_owned() } else { format!("{left} tries") };
    Draft::private(format!("That is not the code for your link. {tries} left."))
}

pub(super) fn too_many(site: &SiteId) -> Draft {
    Draft::private("That was the fifth wrong code, so I ended this link. Start again here:").offer(link_offer(site))
}

pub(super) fn too_old(site: &SiteId) -> Draft {
    Draft::private("This code is older than 10 minutes. Start again here:").offer(link_offer(site))
}

pub(super) fn burnt(site: &SiteId) -> Draft {
    Draft::private("That code was visible to others, so I cancelled it. Start again here:").offer(link_offer(site))
}

pub(super) fn not_yours(names: &Names, site: &SiteId) -> Draft {
    let who = format!("{} ({})", names.person, names.place);
    Draft::private(format!(
        "That code belongs to a link that {who} started, so I ended that link. To link your own account, start here:"
    ))
    .offer(link_offer(site))
}

pub(super) fn somebody_else_had_it(site: &SiteSetup) -> Draft {
    Draft::private(format!(
        "Somebody else sent me the code of your link to {}, so I ended it. Open the page yourself this time:",
        site.host()
    ))
    .offer(link_offer(&site.id))
}

pub(super) fn also_linked(account: &str, site: &SiteSetup, by: &Names, newer: &str) -> Draft {
    Draft::private(format!(
        "Your Jira account {account} on {} was just linked by {} ({}) as well.",
        site.host(),
        by.person,
        by.place
    ))
    .offer(Offer::mine("This was not me", Deed::NotMe(newer.to_owned())).style(ButtonStyle::Danger))
}

pub(super) fn older_address(site: &SiteSetup) -> Draft {
    Draft::private(format!(
        "That address belongs to an earlier try. Use the newest link that I sent you for {}.",
        site.host()
    ))
    .offer(link_offer(&site.id))
}

pub(super) fn not_approved(site: &SiteSetup) -> Draft {
    Draft::private(format!(
        "{} says that you have not approved yet. Press Allow there, then send me the code.",
        site.host()
    ))
}

pub(super) fn ended_by_owner(site: &SiteSetup, account: &str) -> Draft {
    Draft::private(format!(
        "Your link to {} as {account} was ended by the person to whom that account was linked before.",
        site.host()
    ))
    .offer(link_offer(&site.id))
}

pub(super) fn denied(site: &SiteSetup) -> Draft {
    Draft::private(format!("You did not approve in {}, so nothing was linked.", site.host()))
        .offer(link_offer(&site.id))
}

pub(super) fn expired(site: &SiteSetup, by_time: bool) -> Draft {
    let why = match (by_time, site.kind()) {
        (true, crate::ids::SiteKind::Cloud) => " (a year is Atlassian's limit)",
        (true, crate::ids::SiteKind::DataCenter) => " (a year is the limit)",
        (false, _) => "",
    };
    Draft::private(format!("Your link to {} has expired{why}. Everything you set up is kept.", site.host()))
        .offer(again_offer(&site.id))
}

pub(super) fn more_scopes(site: &SiteSetup, scopes: &[String]) -> Draft {
    let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    say(&format!(
        "Usher asks for more on {} than when you linked: {}. Link again to add it; what worked until now goes on working.",
        site.host(),
        scopes.join(", ")
    ))
    .offer(again_offer(&site.id))
}

pub(super) fn pending(site: &SiteSetup) -> Draft {
    Draft::private(format!(
        "You approved on {} already. Send me the code from that page in a direct message, or start again.",
        site.host()
    ))
    .offer(link_offer(&site.id))
}

pub(super) fn disconnected(site: &SiteSetup) -> Draft {
    let (place, url) = super::sites::withdrawal(site);
    Draft::private(format!(
        "Your link to {} is deleted, and so is my access. Jira still lists me as allowed until you remove me there: {place}.",
        site.host()
    ))
    .link("Open that page", url)
}

/// One line for each site: who, since when, in which state.
pub(super) fn whoami(lines: Vec<(&SiteSetup, Option<LinkView>)>, now: i64) -> Draft {
    let mut offers = Vec::new();
    let mut items = Vec::new();
    for (site, link) in lines {
        let host = site.host();
        let words = match &link {
            None => format!("{host}: not linked"),
            Some(link) => {
                let name = &link.account_name;
                let since = day(link.since);
                match link.state {
                    LinkState::Active if link.expires <= now => format!("{host}: {name}, expired"),
                    LinkState::Active => format!("{host}: {name}, linked since {since}"),
                    LinkState::Pending => format!("{host}: {name}, waiting for the code since {since}"),
                    LinkState::Expired => format!("{host}: {name}, expired"),
                }
            }
        };
        match link {
            None => offers.push(link_offer(&site.id)),
            Some(link) if link.state != LinkState::Active || link.expires <= now => {
                offers.push(Offer::mine(format!("Link {} again", site.id), Deed::Line(format!("connect {}", site.id))));
            }
            Some(_) => {}
        }
        items.push(vec![Block::Paragraph(vec![Inline::text(words)])]);
    }
    let text = match &items[..] {
        [only] => Text(only.clone()),
        _ => Text(vec![Block::List { start: None, items }]),
    };
    Draft { offers, ..Draft::private(text) }
}

/// Where somebody asked, as the connect page says it: `Discord, server Engine Works`.
pub(super) fn place(asker: &Asker) -> String {
    let platform = platform_name(asker.place.platform());
    match (&asker.place, &asker.names.workspace) {
        (Place::Direct { .. }, _) => format!("{platform}, direct message"),
        (Place::Channel { workspace, .. }, name) => {
            let kind = match workspace.platform.as_str() {
                "discord" => "server",
                "telegram" => "group",
                _ => "workspace",
            };
            let name = name.clone().unwrap_or_else(|| workspace.id.to_string());
            format!("{platform}, {kind} {name}")
        }
    }
}

/// A platform's name, for people to read.
pub fn platform_name(platform: &Platform) -> String {
    capitalised(platform.as_str())
}

/// A day as people write it: `22 Nov 2026`.
fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|at| at.strftime("%-d %b %Y").to_string()).unwrap_or_default()
}
