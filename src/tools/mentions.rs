//! Who is named in texts: people of the chat become accounts on the way to Jira, and accounts become people of the chat
//! on the way back, where they are linked. Everybody else is named as they are called, never by a raw id.

use std::collections::HashMap;

use usher_chat::{
    Text,
    tree::{Inline, Mentioned},
};

use super::Call;
use crate::{
    ids::{AccountId, SiteKind},
    jira::Body,
    replies::{Outcome, Shape},
    text,
};

/// So many people of a text are looked up by their names in Jira.
const LOOKED_UP: usize = 5;

/// What a person typed, as this site's rich text.
pub fn body<A>(call: &Call<A>, markdown: &str) -> Body {
    let tree = text::from_markdown(markdown).with_mentions(&mut |person, name| match call.colleague(&person) {
        Some(account) => Inline::Mention { who: Mentioned::Account(account.to_string()), name },
        None => Inline::text(format!("@{name}")),
    });
    match call.jira.site().kind {
        SiteKind::Cloud => Body::Adf(text::to_adf(&tree)),
        SiteKind::DataCenter => Body::Wiki(text::to_wiki(&tree)),
    }
}

/// The outcome with the accounts in its texts named as people of the chat.
pub async fn told<A>(call: &Call<A>, mut outcome: Outcome) -> Outcome {
    match &mut outcome.shape {
        Shape::Card(card) => {
            let texts = [std::mem::take(&mut card.description), std::mem::take(&mut card.rest)];
            [card.description, card.rest] = named(call, texts).await;
        }
        Shape::Page(page) => [page.text] = named(call, [std::mem::take(&mut page.text)]).await,
        _ => {}
    }
    outcome
}

async fn named<A, const N: usize>(call: &Call<A>, texts: [Text; N]) -> [Text; N] {
    // A document says what somebody is called; wiki markup knows nothing but what names them for Jira.
    let nameless = |id: &str, name: &str| name.is_empty() || name == id;
    let mut unknown: Vec<String> = Vec::new();
    let texts = texts.map(|text| {
        text.named_anew(&mut |who, name| {
            if let Mentioned::Account(id) = &who
                && nameless(id, &name)
                && !unknown.contains(id)
            {
                unknown.push(id.clone());
            }
            Inline::Mention { who, name }
        })
    });
    let users = call.jira.users();
    let asked = unknown.into_iter().take(LOOKED_UP).map(async |id| {
        let name = users.named(&AccountId(id.clone())).await.ok()?;
        Some((id, name))
    });
    let names: HashMap<String, String> = futures::future::join_all(asked).await.into_iter().flatten().collect();
    texts.map(|text| {
        text.named_anew(&mut |who, name| {
            let Mentioned::Account(id) = &who else { return Inline::Mention { who, name } };
            let name = match nameless(id, &name) {
                true => names.get(id).cloned().unwrap_or_else(|| "somebody".to_owned()),
                false => name,
            };
            let who = call.person_of(&AccountId(id.clone())).map_or_else(|| who.clone(), Mentioned::Person);
            Inline::Mention { who, name }
        })
    })
}
