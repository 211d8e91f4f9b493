//! `issueLink` and `issueLinkType`.
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply, comments};
use crate::world::{Link, LinkType, Permission, catalog};

/// `GET issueLinkType`.
pub(crate) fn types(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    let types: Vec<Value> = catalog::LINK_TYPES.iter().map(|kind| view.link_type(kind)).collect();
    Ok(Answer::Ok(json!({"issueLinkTypes": types})))
}

/// `POST issueLink`.
pub(crate) fn add(ask: &mut Ask<'_>) -> Reply {
    let body = ask.body;
    let end = |name: &str| {
        let named = body.get(name).and_then(|end| end.get("key").or_else(|| end.get("id"))).and_then(Value::as_str);
        named.ok_or_else(|| Refusal::field(name, format!("'{name}' must name an issue by key or id.")))
    };
    let kind = kind(body)?;
    let (inward, outward) = (ask.issue_id(end("inwardIssue")?)?, ask.issue_id(end("outwardIssue")?)?);
    if !ask.may(inward, Permission::Link) {
        let status = if ask.site.is_cloud() { StatusCode::NOT_FOUND } else { StatusCode::UNAUTHORIZED };
        let text = format!("No Link Issue Permission for issue '{}'", ask.issue(inward).key);
        return Err(Refusal::new(status, text));
    }
    if inward == outward {
        return Err(Refusal::bad("You cannot link an issue to itself."));
    }
    if let Some(comment) = body.get("comment").filter(|comment| !comment.is_null()) {
        let comment = comments::read(ask, inward, comment)?;
        ask.issue_mut(inward).comments.push(comment);
    }
    let known = ask.site.links.iter().any(|link| link.kind == kind && link.from == inward && link.to == outward);
    if !known {
        let id = ask.site.fresh_id();
        // Jira's names are from the link's point of view: the inward issue is where the link starts.
        ask.site.links.push(Link { id, kind, from: inward, to: outward });
    }
    let now = ask.now;
    for id in [inward, outward] {
        ask.issue_mut(id).updated = now;
    }
    Ok(Answer::CreatedEmpty)
}

fn kind(body: &Value) -> Result<&'static LinkType, Refusal> {
    let text = |name: &str| body.pointer(&format!("/type/{name}")).and_then(Value::as_str);
    let found = match (text("id"), text("name")) {
        (Some(id), _) => catalog::LINK_TYPES.iter().find(|kind| kind.id == id),
        (None, Some(name)) => catalog::LINK_TYPES.iter().find(|kind| kind.name.eq_ignore_ascii_case(name)),
        (None, None) => return Err(Refusal::field("type", "'type' must name an issue link type by id or name.")),
    };
    found.ok_or_else(|| {
        let name = text("name").or_else(|| text("id")).unwrap_or_default();
        Refusal::not_found(format!("No issue link type with name '{name}' found."))
    })
}

/// The place of a link whose two issues the asker may see.
fn place(ask: &Ask<'_>) -> Result<usize, Refusal> {
    let wanted = ask.param(0);
    let seen = |id: u64| ask.site.sees(&ask.me.id, ask.issue(id));
    let at = ask.site.links.iter().position(|link| link.id.to_string() == wanted && seen(link.from) && seen(link.to));
    at.ok_or_else(|| Refusal::not_found(format!("No issue link with id '{wanted}' exists.")))
}

/// `GET issueLink/{id}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let (view, link) = (ask.view(), &ask.site.links[place(ask)?]);
    Ok(Answer::Ok(json!({
        "id": link.id.to_string(),
        "self": format!("{}/issueLink/{}", ask.site.api, link.id),
        "type": view.link_type(link.kind),
        "inwardIssue": view.brief(ask.issue(link.from)),
        "outwardIssue": view.brief(ask.issue(link.to)),
    })))
}

/// `DELETE issueLink/{id}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let at = place(ask)?;
    if !ask.may(ask.site.links[at].from, Permission::Link) {
        let status = if ask.site.is_cloud() { StatusCode::NOT_FOUND } else { StatusCode::UNAUTHORIZED };
        return Err(Refusal::new(status, "You do not have permission to delete this issue link."));
    }
    ask.site.links.remove(at);
    Ok(Answer::NoContent)
}
