//! Lists that hardly change: statuses, priorities, resolutions, issue types, fields, labels.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::issue_shape::SYSTEM;
use super::meta::{Slot, schema};
use super::{Answer, Ask, Reply};
use crate::world::{Permission, catalog};

/// `GET status`.
pub(crate) fn statuses(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    Ok(Answer::Ok(ask.site.statuses().into_iter().map(|status| view.status(status)).collect()))
}

/// `GET priority`.
pub(crate) fn priorities(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    Ok(Answer::Ok(catalog::PRIORITIES.iter().map(|one| view.priority(one)).collect()))
}

/// `GET priority/search` (Cloud).
pub(crate) fn priority_page(ask: &mut Ask<'_>) -> Reply {
    let (start, most) = ask.query.page(50, 50)?;
    let view = ask.view();
    let all = catalog::PRIORITIES.iter().map(|one| {
        let mut value = view.priority(one);
        value["isDefault"] = (one.name == "Medium").into();
        value
    });
    let values: Vec<Value> = all.skip(start).take(most).collect();
    let total = catalog::PRIORITIES.len();
    let is_last = start + values.len() >= total;
    Ok(Answer::Ok(json!({"maxResults": most, "startAt": start, "total": total, "isLast": is_last, "values": values})))
}

/// `GET resolution`.
pub(crate) fn resolutions(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    let all = catalog::RESOLUTIONS.iter().map(|one| {
        let mut value = view.named("resolution", one);
        value["description"] = "".into();
        value
    });
    Ok(Answer::Ok(all.collect()))
}

/// `GET issuetype`: those of the projects that the asker may see.
pub(crate) fn issue_types(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    let seen = ask.site.projects.iter().filter(|project| project.may(&ask.me.id, Permission::Browse));
    let used: BTreeSet<&str> = seen.flat_map(|project| project.types.iter().map(|one| one.issue_type.id)).collect();
    let types = catalog::ISSUE_TYPES.iter().filter(|one| used.contains(one.id)).map(|one| view.issue_type(one));
    Ok(Answer::Ok(types.collect()))
}

/// `GET field`.
pub(crate) fn fields(ask: &mut Ask<'_>) -> Reply {
    let system = SYSTEM.iter().map(|(id, _)| Slot::System(id));
    let custom = ask.site.custom_fields().iter().map(|field| Slot::Custom(field));
    let fields = system.chain(custom).map(|slot| {
        let clauses = match slot {
            Slot::System(id) => json!([id]),
            Slot::Custom(field) => json!([format!("cf[{}]", field.number), field.name]),
        };
        json!({
            "id": slot.id(),
            "key": slot.id(),
            "name": slot.name(),
            "custom": matches!(slot, Slot::Custom(_)),
            "orderable": true,
            "navigable": !matches!(slot.id(), "comment" | "worklog" | "attachment"),
            "searchable": true,
            "clauseNames": clauses,
            "schema": schema(slot),
        })
    });
    Ok(Answer::Ok(fields.collect()))
}

/// `GET label` (Cloud).
pub(crate) fn labels(ask: &mut Ask<'_>) -> Reply {
    let (start, most) = ask.query.page(1_000, 1_000)?;
    let all: BTreeSet<&str> =
        ask.site.issues.values().flat_map(|issue| issue.labels.iter().map(String::as_str)).collect();
    let total = all.len();
    let values: Vec<&str> = all.into_iter().skip(start).take(most).collect();
    let is_last = start + values.len() >= total;
    Ok(Answer::Ok(json!({"maxResults": most, "startAt": start, "total": total, "isLast": is_last, "values": values})))
}
