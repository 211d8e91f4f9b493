//! `issue/{key}/attachments` and `attachment/{id}`.
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Attachment, Permission};

/// Files beyond this are refused with 413.
pub(crate) const FILE_LIMIT: usize = 5 * 1024 * 1024;

/// `POST issue/{key}/attachments`: multipart, parts named `file`.
pub(crate) fn add(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    if !ask.may(id, Permission::Attach) {
        return Err(Refusal::forbidden("You do not have permission to create attachments for this issue."));
    }
    if ask.uploads.len() > 60 || ask.uploads.iter().any(|one| one.content.len() > FILE_LIMIT) {
        let status = if ask.site.is_cloud() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::NOT_FOUND };
        return Err(Refusal::new(status, "The file is larger than the maximum attachment size."));
    }
    let mut answers = Vec::new();
    for upload in ask.uploads {
        let attachment = Attachment {
            id: ask.site.fresh_id(),
            author: ask.me.id.clone(),
            name: upload.name.clone(),
            mime: upload.mime.clone(),
            created: ask.now,
            content: upload.content.clone(),
        };
        answers.push(ask.view().attachment(&attachment));
        let now = ask.now;
        let issue = ask.issue_mut(id);
        issue.attachments.push(attachment);
        issue.updated = now;
    }
    Ok(Answer::Ok(Value::Array(answers)))
}

/// The issue and the place of an attachment that the asker may see.
fn find(ask: &Ask<'_>, wanted: &str) -> Result<(u64, usize), Refusal> {
    let mut seen = ask.site.issues.values().filter(|issue| ask.site.sees(&ask.me.id, issue));
    let found = seen.find_map(|issue| {
        let at = issue.attachments.iter().position(|one| one.id.to_string() == wanted)?;
        Some((issue.id, at))
    });
    found.ok_or_else(|| Refusal::not_found(format!("The attachment with id '{wanted}' does not exist")))
}

/// `GET attachment/{id}`. Here, and only here, Cloud writes the id as a number.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let (id, at) = find(ask, ask.param(0))?;
    let attachment = &ask.issue(id).attachments[at];
    let mut value = ask.view().attachment(attachment);
    if ask.site.is_cloud() {
        value["id"] = attachment.id.into();
    }
    Ok(Answer::Ok(value))
}

/// `GET attachment/content/{id}` (Cloud): the file, or a redirect to it unless `redirect=false`.
pub(crate) fn content(ask: &mut Ask<'_>) -> Reply {
    let (id, at) = find(ask, ask.param(0))?;
    let attachment = &ask.issue(id).attachments[at];
    if ask.query.get("redirect") != Some("false") {
        // The real one goes to a media server with a signed address; here the same address without the redirect has to do.
        return Ok(Answer::SeeOther(format!("{}/attachment/content/{}?redirect=false", ask.site.api, attachment.id)));
    }
    Ok(Answer::File {
        mime: attachment.mime.clone(),
        name: attachment.name.clone(),
        content: attachment.content.clone(),
    })
}

/// The file of an attachment on Data Center, where its address is no part of the REST interface.
pub(crate) fn secure(ask: &mut Ask<'_>) -> Reply {
    let (id, at) = find(ask, ask.param(0))?;
    let attachment = &ask.issue(id).attachments[at];
    Ok(Answer::File {
        mime: attachment.mime.clone(),
        name: attachment.name.clone(),
        content: attachment.content.clone(),
    })
}

/// `DELETE attachment/{id}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let (id, at) = find(ask, ask.param(0))?;
    let own = ask.issue(id).attachments[at].author == ask.me.id && ask.may(id, Permission::DeleteOwnAttachments);
    if !own && !ask.may(id, Permission::DeleteAllAttachments) {
        return Err(Refusal::forbidden("You do not have permission to delete this attachment."));
    }
    ask.issue_mut(id).attachments.remove(at);
    Ok(Answer::NoContent)
}

/// `GET attachment/meta`.
pub(crate) fn settings(_ask: &mut Ask<'_>) -> Reply {
    Ok(Answer::Ok(json!({"enabled": true, "uploadLimit": FILE_LIMIT})))
}
