//! `issue/{key}/comment`.
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Comment, Permission};

/// `GET issue/{key}/comment`: only those that the asker may read.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let (start, most) = ask.query.page(if ask.site.is_cloud() { 100 } else { 1_048_576 }, 1_048_576)?;
    let view = ask.view();
    let mut comments: Vec<&Comment> = ask.site.comments(ask.me, ask.issue(id)).collect();
    match ask.query.get("orderBy") {
        None | Some("created" | "+created") => {}
        Some("-created") => comments.reverse(),
        Some(other) => return Err(Refusal::bad(format!("The orderBy parameter '{other}' is not valid."))),
    }
    let total = comments.len();
    let page: Vec<Value> = comments.into_iter().skip(start).take(most).map(|one| view.comment(id, one)).collect();
    Ok(Answer::Ok(json!({"startAt": start, "maxResults": most, "total": total, "comments": page})))
}

/// The place of the comment in the path, if the asker may read it.
fn place(ask: &Ask<'_>, id: u64) -> Result<usize, Refusal> {
    let (issue, project) = (ask.issue(id), ask.project_of(id));
    let wanted = ask.param(1);
    let at = issue.comments.iter().position(|one| one.id.to_string() == wanted);
    let at = at.filter(|at| ask.site.reads(ask.me, project, issue.comments[*at].visibility.as_ref()));
    at.ok_or_else(|| Refusal::not_found(format!("Can not find a comment for the id: {wanted}.")))
}

/// `GET issue/{key}/comment/{id}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let at = place(ask, id)?;
    Ok(Answer::Ok(ask.view().comment(id, &ask.issue(id).comments[at])))
}

/// Reads a new comment.
pub(crate) fn read(ask: &mut Ask<'_>, id: u64, value: &Value) -> Result<Comment, Refusal> {
    if !ask.may(id, Permission::Comment) {
        let text = format!("{}, you do not have the permission to comment on this issue.", ask.me.name);
        return Err(Refusal::bad(text));
    }
    let body = body(ask, value)?;
    let visibility =
        ask.visibility(value.get("visibility"), id).map_err(|text| Refusal::field("commentLevel", text))?;
    let author = ask.me.id.clone();
    Ok(Comment {
        id: ask.site.fresh_id(),
        editor: author.clone(),
        author,
        body,
        created: ask.now,
        updated: ask.now,
        visibility,
        properties: value.get("properties").and_then(Value::as_array).cloned().unwrap_or_default(),
    })
}

fn body(ask: &Ask<'_>, value: &Value) -> Result<crate::world::RichText, Refusal> {
    let given = value.get("body").filter(|body| !body.is_null());
    let given = given.ok_or_else(|| Refusal::field("comment", "Comment body can not be empty!"))?;
    let body = ask.rich_text(given).map_err(|text| match text.as_str() {
        "INVALID_INPUT" => Refusal::bad(text),
        _ if ask.site.is_cloud() && !given.is_object() => Refusal::field("comment", "Comment body is not valid!"),
        _ => Refusal::field("comment", text),
    })?;
    if body.plain().trim().is_empty() && !has_media(given) {
        return Err(Refusal::field("comment", "Comment body can not be empty!"));
    }
    Ok(body)
}

/// A document without words may still show something: a card, a picture, a table.
fn has_media(doc: &Value) -> bool {
    let blocks = doc.get("content").and_then(Value::as_array);
    blocks.is_some_and(|blocks| blocks.iter().any(|block| block["type"] != "paragraph"))
}

/// `POST issue/{key}/comment`.
pub(crate) fn add(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let body = ask.body;
    let comment = read(ask, id, body)?;
    let answer = ask.view().comment(id, &comment);
    let now = ask.now;
    let issue = ask.issue_mut(id);
    issue.updated = now;
    issue.comments.push(comment);
    Ok(Answer::Created(answer))
}

/// `PUT issue/{key}/comment/{id}`.
pub(crate) fn edit(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let at = place(ask, id)?;
    if !mine(ask, id, at, Permission::EditOwnComments, Permission::EditAllComments) {
        return Err(Refusal::bad(format!("{}, you do not have the permission to edit this comment.", ask.me.name)));
    }
    let body = body(ask, ask.body)?;
    let visibility = match ask.body.get("visibility") {
        None => ask.issue(id).comments[at].visibility.clone(),
        given => ask.visibility(given, id).map_err(|text| Refusal::field("commentLevel", text))?,
    };
    let (now, me) = (ask.now, ask.me.id.clone());
    let issue = ask.issue_mut(id);
    issue.updated = now;
    let comment = &mut issue.comments[at];
    comment.body = body;
    comment.visibility = visibility;
    comment.updated = now;
    comment.editor = me;
    Ok(Answer::Ok(ask.view().comment(id, &ask.issue(id).comments[at])))
}

/// `DELETE issue/{key}/comment/{id}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let at = place(ask, id)?;
    if !mine(ask, id, at, Permission::DeleteOwnComments, Permission::DeleteAllComments) {
        let text = format!("{}, you do not have the permission to delete this comment.", ask.me.name);
        return Err(Refusal::new(StatusCode::BAD_REQUEST, text));
    }
    let now = ask.now;
    let issue = ask.issue_mut(id);
    issue.comments.remove(at);
    issue.updated = now;
    Ok(Answer::NoContent)
}

fn mine(ask: &Ask<'_>, id: u64, at: usize, own: Permission, all: Permission) -> bool {
    let author = ask.issue(id).comments[at].author == ask.me.id;
    ask.may(id, all) || (author && ask.may(id, own))
}
