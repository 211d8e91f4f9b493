//! A page of issues that a search found, with buttons to open the first ones and to go on.

use super::{Call, show};
use crate::{
    jira::{Cursor, Issue, Page},
    replies::{About, Deed, IssueList, Offer, Outcome, Shape},
};

/// Issues on one page.
pub const PAGE: u32 = 10;

/// Buttons that open single issues of a page.
const OPENERS: usize = 5;

/// What there is to say of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Where it was looked, such as `in WEB`.
    pub what: String,
    /// How many there are in all, where Jira says.
    pub total: Option<u64>,
    /// This is not the first page.
    pub further: bool,
    /// What shows the next page, if there is one.
    pub more: Option<Deed>,
}

/// The page.
pub fn listed<A>(call: &Call<A>, issues: &[Issue], listing: Listing) -> Outcome {
    let Listing { what, total, further, more } = listing;
    let site = call.jira.site();
    let mut about = About::default();
    for issue in issues {
        about.projects.insert(issue.project.clone());
        about.restricted |= issue.security;
    }
    let open = issues.iter().take(OPENERS).map(|issue| {
        let key = issue.key.to_string();
        Offer::anyone(&key, show::deed("view", serde_json::json!({ "key": key }), call.site()))
    });
    let list = IssueList {
        what,
        issues: issues.iter().map(|issue| show::line(issue, site)).collect(),
        total: total.filter(|total| *total > issues.len() as u64 && !further),
        more: more.is_some(),
        further,
    };
    let mut offers: Vec<Offer> = open.collect();
    offers.extend(more.map(|deed| Offer::anyone("More", deed).instead()));
    Outcome::new(Shape::List(list), about).offering(offers)
}

/// The page that a search has found. The next one is a call of this tool with these arguments and where it begins.
pub fn found<A>(
    call: &Call<A>,
    page: &Page<Issue>,
    what: impl Into<String>,
    from: Option<&Cursor>,
    tool: &str,
    mut args: serde_json::Value,
) -> Outcome {
    let more = page.next.as_ref().map(|next| {
        args["page"] = serde_json::json!(next);
        show::deed(tool, args, call.site())
    });
    listed(call, &page.items, Listing { what: what.into(), total: page.total, further: from.is_some(), more })
}
