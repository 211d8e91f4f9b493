//! `issue/{key}/remotelink`: links to pages elsewhere.
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Permission, WebLink};

/// `GET issue/{key}/remotelink`.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let issue = ask.issue(id);
    let wanted = ask.query.get("globalId");
    let kept = issue.web_links.iter().filter(|link| wanted.is_none() || link.global_id.as_deref() == wanted);
    Ok(Answer::Ok(kept.map(|link| shown(ask, &issue.key, link)).collect()))
}

fn shown(ask: &Ask<'_>, key: &str, link: &WebLink) -> Value {
    let mut value = json!({
        "id": link.id,
        "self": format!("{}/issue/{key}/remotelink/{}", ask.site.api, link.id),
        "application": {},
        "object": {"url": link.url, "title": link.title, "icon": {}, "status": {"icon": {}}},
    });
    if let Some(global) = &link.global_id {
        value["globalId"] = global.as_str().into();
    }
    value
}

/// `POST issue/{key}/remotelink`: the same `globalId` again changes the link.
pub(crate) fn add(ask: &mut Ask<'_>) -> Reply {
    let id = linkable(ask)?;
    let text = |path: &str| ask.body.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty());
    let title = text("/object/title").ok_or_else(|| Refusal::field("title", "'title' is required."))?.to_owned();
    let url = text("/object/url").ok_or_else(|| Refusal::field("url", "'url' is required."))?;
    let url = url::Url::parse(url).map_err(|_| Refusal::field("url", "'url' is not a valid URL."))?.to_string();
    let global_id = text("/globalId").map(str::to_owned);
    if global_id.as_ref().is_some_and(|global| global.chars().count() > 255) {
        return Err(Refusal::field("globalId", "'globalId' should be less than 255 characters."));
    }
    let same = |link: &&mut WebLink| global_id.is_some() && link.global_id == global_id;
    if let Some(link) = ask.issue_mut(id).web_links.iter_mut().find(same) {
        (link.url, link.title) = (url, title);
        let number = link.id;
        return Ok(Answer::Ok(named(ask, id, number)));
    }
    let number = ask.site.fresh_id();
    ask.issue_mut(id).web_links.push(WebLink { id: number, global_id, url, title });
    Ok(Answer::Created(named(ask, id, number)))
}

fn named(ask: &Ask<'_>, id: u64, number: u64) -> Value {
    json!({"id": number, "self": format!("{}/issue/{}/remotelink/{number}", ask.site.api, ask.issue(id).key)})
}

/// `DELETE issue/{key}/remotelink/{id}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let id = linkable(ask)?;
    let wanted = ask.param(1).to_owned();
    let links = &mut ask.issue_mut(id).web_links;
    let at = links.iter().position(|link| link.id.to_string() == wanted);
    let at = at.ok_or_else(|| Refusal::not_found("No remote issue link with this id exists."))?;
    links.remove(at);
    Ok(Answer::NoContent)
}

fn linkable(ask: &Ask<'_>) -> Result<u64, Refusal> {
    let id = ask.path_issue()?;
    if ask.may(id, Permission::Link) {
        return Ok(id);
    }
    let text = format!("You do not have permission to link issue '{}'.", ask.issue(id).key);
    Err(Refusal::new(StatusCode::FORBIDDEN, text))
}
