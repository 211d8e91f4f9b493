//! `filter`: saved filters.
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::Filter;

fn shape(ask: &Ask<'_>, filter: &Filter) -> Value {
    json!({
        "self": format!("{}/filter/{}", ask.site.api, filter.id),
        "id": filter.id.to_string(),
        "name": filter.name,
        "owner": ask.view().user_by_id(&filter.owner),
        "jql": filter.jql,
        "viewUrl": format!("{}/issues/?filter={}", ask.site.url, filter.id),
        "favourite": filter.stars.contains(&ask.me.id),
        "sharePermissions": if filter.shared { json!([{"id": 10_000, "type": "authenticated"}]) } else { json!([]) },
    })
}

fn seen<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = &'a Filter> {
    ask.site.filters.iter().filter(|one| one.shared || one.owner == ask.me.id)
}

/// `GET filter/my` (Cloud).
pub(crate) fn mine(ask: &mut Ask<'_>) -> Reply {
    let stars = ask.query.get("includeFavourites") == Some("true");
    let found = seen(ask).filter(|one| one.owner == ask.me.id || stars && one.stars.contains(&ask.me.id));
    Ok(Answer::Ok(found.map(|one| shape(ask, one)).collect()))
}

/// `GET filter/favourite`.
pub(crate) fn favourite(ask: &mut Ask<'_>) -> Reply {
    Ok(Answer::Ok(seen(ask).filter(|one| one.stars.contains(&ask.me.id)).map(|one| shape(ask, one)).collect()))
}

/// `GET filter/{id}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let found = seen(ask).find(|one| one.id.to_string() == ask.param(0));
    let found = found.ok_or_else(|| {
        Refusal::bad(
            "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.",
        )
    })?;
    Ok(Answer::Ok(shape(ask, found)))
}
