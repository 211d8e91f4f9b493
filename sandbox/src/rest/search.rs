//! Searching: `search/jql` and `search/approximate-count` (Cloud), `search` (Data Center), `jql/parse`, `issue/picker`.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::issue_shape::Wanted;
use super::{Answer, Ask, Refusal, Reply, issue};
use crate::jql;
use crate::world::Issue;

/// Seven days, as Atlassian says.
const TOKEN_LIFE: i64 = 7 * 86_400;

/// What a search asks for, from the query or from the body.
#[derive(Debug, Default)]
struct Search {
    jql: String,
    fields: Vec<String>,
    expand: Vec<String>,
    most: Option<usize>,
    start: usize,
    token: Option<String>,
}

fn from_query(ask: &Ask<'_>) -> Result<Search, Refusal> {
    let list = |name: &str| ask.query.list(name).into_iter().map(str::to_owned).collect();
    Ok(Search {
        jql: ask.query.get("jql").unwrap_or_default().to_owned(),
        fields: list("fields"),
        expand: list("expand"),
        most: ask.query.get("maxResults").map(|_| ask.query.number("maxResults", 50)).transpose()?,
        start: ask.query.number("startAt", 0)?,
        token: ask.query.get("nextPageToken").map(str::to_owned),
    })
}

fn from_body(ask: &Ask<'_>, known: &[&str]) -> Result<Search, Refusal> {
    let body = ask.body.as_object().ok_or_else(|| Refusal::bad("The request body is missing."))?;
    if let Some(other) = body.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Refusal::bad(format!("Unrecognized field \"{other}\"")));
    }
    let wrong = |name: &str| Refusal::bad(format!("The value of '{name}' has the wrong type."));
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name)),
    };
    let number = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            value.as_u64().and_then(|value| usize::try_from(value).ok()).map(Some).ok_or_else(|| wrong(name))
        }
    };
    let list = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.split(',').map(|one| one.trim().to_owned()).collect()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|one| one.as_str().map(str::to_owned).ok_or_else(|| wrong(name)))
            .collect::<Result<Vec<_>, _>>(),
        Some(_) => Err(wrong(name)),
    };
    if body.get("reconcileIssues").and_then(Value::as_array).is_some_and(|list| list.len() > 50) {
        return Err(Refusal::bad("At most 50 issues can be reconciled."));
    }
    Ok(Search {
        jql: text("jql")?.unwrap_or_default(),
        fields: list("fields")?,
        expand: list("expand")?,
        most: number("maxResults")?,
        start: number("startAt")?.unwrap_or(0),
        token: text("nextPageToken")?,
    })
}

/// The issues that match and that the asker may see, in order.
fn run<'a>(ask: &'a Ask<'_>, query: &jql::Query) -> Result<Vec<&'a Issue>, Refusal> {
    let scope = jql::Scope { view: ask.view(), now: ask.now };
    jql::run(scope, query).map_err(|texts| Refusal { messages: texts, ..Refusal::bad("") })
}

/// The issues that match some JQL, for calls that narrow what they list with it.
pub(super) fn matching<'a>(ask: &'a Ask<'_>, jql: &str) -> Result<Vec<&'a Issue>, Refusal> {
    run(ask, &parsed(jql)?)
}

fn parsed(text: &str) -> Result<jql::Query, Refusal> {
    jql::parse(text).map_err(Refusal::bad)
}

/// Cloud only searches with at least one restriction.
fn bounded(text: &str) -> Result<jql::Query, Refusal> {
    let query = parsed(text)?;
    if query.clause.is_none() {
        return Err(Refusal::bad(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ));
    }
    Ok(query)
}

/// `GET search/jql` (Cloud).
pub(crate) fn jql_get(ask: &mut Ask<'_>) -> Reply {
    let search = from_query(ask)?;
    jql_page(ask, &search)
}

/// `POST search/jql` (Cloud).
pub(crate) fn jql_post(ask: &mut Ask<'_>) -> Reply {
    let known = [
        "jql",
        "fields",
        "expand",
        "maxResults",
        "nextPageToken",
        "properties",
        "fieldsByKeys",
        "reconcileIssues",
        "failFast",
    ];
    let search = from_body(ask, &known)?;
    jql_page(ask, &search)
}

fn jql_page(ask: &Ask<'_>, search: &Search) -> Reply {
    let query = bounded(&search.jql)?;
    let start = match &search.token {
        Some(token) => read_token(ask, token, &search.jql)?,
        None => 0,
    };
    let all = run(ask, &query)?;
    let fields: Vec<&str> = search.fields.iter().map(String::as_str).collect();
    let wanted = Wanted::new(&fields, "id");
    // Pages of ids alone may be long; whole issues come in hundreds at most.
    let most = search.most.unwrap_or(50).min(if wanted.only_ids() { 5_000 } else { 100 });
    let total = all.len();
    let view = ask.view();
    let issues: Vec<Value> = all
        .into_iter()
        .skip(start)
        .take(most)
        .map(|issue| if fields.is_empty() { json!({"id": issue.id.to_string()}) } else { view.issue(issue, &wanted) })
        .collect();
    let end = start + issues.len();
    let is_last = end >= total;
    let mut value = json!({"issues": issues});
    add_expands(ask, search, &mut value);
    if !is_last {
        value["nextPageToken"] = token(ask, end, &search.jql).into();
    }
    value["isLast"] = is_last.into();
    Ok(Answer::Ok(value))
}

fn add_expands(ask: &Ask<'_>, search: &Search, value: &mut Value) {
    for expand in &search.expand {
        match expand.as_str() {
            "names" => value["names"] = issue::names(ask),
            "schema" => value["schema"] = issue::schemas(ask),
            _ => {}
        }
    }
}

/// A token is good for its query and its asker.
fn token(ask: &Ask<'_>, start: usize, jql: &str) -> String {
    let at = ask.now.as_second();
    URL_SAFE_NO_PAD.encode(format!("{start}.{at}.{}", stamp(ask, jql)))
}

fn stamp(ask: &Ask<'_>, jql: &str) -> String {
    hex::encode(&Sha256::digest(format!("{}\n{}\n{jql}", ask.me.id, ask.site.name))[..8])
}

fn read_token(ask: &Ask<'_>, token: &str, jql: &str) -> Result<usize, Refusal> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let mut parts = text.split('.');
        let (start, at, mark) = (parts.next()?.parse().ok()?, parts.next()?.parse::<i64>().ok()?, parts.next()?);
        (mark == stamp(ask, jql) && ask.now.as_second().saturating_sub(at) <= TOKEN_LIFE).then_some(start)
    };
    read().ok_or_else(|| Refusal::bad("The provided next page token is invalid or is expired."))
}

/// `POST search/approximate-count` (Cloud).
pub(crate) fn count(ask: &mut Ask<'_>) -> Reply {
    let search = from_body(ask, &["jql"])?;
    let query = bounded(&search.jql)?;
    Ok(Answer::Ok(json!({"count": run(ask, &query)?.len()})))
}

/// `GET search`: gone from Cloud, served by Data Center.
pub(crate) fn old_get(ask: &mut Ask<'_>) -> Reply {
    gone(ask)?;
    let search = from_query(ask)?;
    page(ask, &search)
}

/// `POST search`: gone from Cloud, served by Data Center.
pub(crate) fn old_post(ask: &mut Ask<'_>) -> Reply {
    gone(ask)?;
    let search = from_body(ask, &["jql", "fields", "expand", "maxResults", "startAt", "validateQuery"])?;
    page(ask, &search)
}

fn gone(ask: &Ask<'_>) -> Result<(), Refusal> {
    if !ask.site.is_cloud() {
        return Ok(());
    }
    let text = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";
    Err(Refusal::new(StatusCode::GONE, text))
}

fn page(ask: &Ask<'_>, search: &Search) -> Reply {
    let all = run(ask, &parsed(&search.jql)?)?;
    let fields: Vec<&str> = search.fields.iter().map(String::as_str).collect();
    let wanted = Wanted::new(&fields, "*navigable");
    let most = search.most.unwrap_or(50).min(1_000);
    let total = all.len();
    let view = ask.view();
    let changes = search.expand.iter().any(|one| one == "changelog");
    let shown = |one: &Issue| {
        let mut value = view.issue(one, &wanted);
        if changes {
            let histories = issue::histories(ask, one.id);
            let total = histories.len();
            value["changelog"] = json!({"startAt": 0, "maxResults": total, "total": total, "histories": histories});
        }
        value
    };
    let issues: Vec<Value> = all.into_iter().skip(search.start).take(most).map(shown).collect();
    let mut value = json!({"expand": "schema,names", "startAt": search.start, "maxResults": most, "total": total, "issues": issues});
    add_expands(ask, search, &mut value);
    Ok(Answer::Ok(value))
}

/// `POST jql/parse` (Cloud): the structure of each query, or what is wrong with it. `validation=strict` checks names too.
pub(crate) fn parse(ask: &mut Ask<'_>) -> Reply {
    let strict = match ask.query.get("validation") {
        Some("strict" | "warn") => true,
        Some("none") => false,
        _ => return Err(Refusal::bad("The 'validation' query parameter must be one of strict, warn, none.")),
    };
    let queries = ask
        .body
        .get("queries")
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::bad("'queries' must be a list of strings."))?;
    let mut answers = Vec::new();
    for query in queries {
        let text = query.as_str().ok_or_else(|| Refusal::bad("'queries' must be a list of strings."))?;
        let mut answer = json!({"query": text});
        match jql::parse(text) {
            Ok(query) => {
                answer["structure"] = jql::structure(&query);
                if strict && let Err(refusal) = run(ask, &query) {
                    answer["errors"] = refusal.messages.into();
                }
            }
            Err(error) => answer["errors"] = json!([error]),
        }
        answers.push(answer);
    }
    Ok(Answer::Ok(json!({"queries": answers})))
}

/// `GET issue/picker`: issues whose key or summary has the words, for completion.
pub(crate) fn picker(ask: &mut Ask<'_>) -> Reply {
    let words = ask.query.get("query").unwrap_or_default().to_lowercase();
    let query = parsed(ask.query.get("currentJQL").unwrap_or_default())?;
    let mut found = run(ask, &query)?;
    found.retain(|issue| issue.key.to_lowercase().starts_with(&words) || issue.summary.to_lowercase().contains(&words));
    found.sort_by_key(|issue| std::cmp::Reverse(issue.updated));
    let issues: Vec<Value> = found
        .into_iter()
        .take(20)
        .map(|issue| {
            json!({"id": issue.id, "key": issue.key, "keyHtml": issue.key, "img": "/images/icons/issuetypes/task.svg", "summary": issue.summary, "summaryText": issue.summary})
        })
        .collect();
    let sub = format!("Showing {} of {} matching issues", issues.len(), issues.len());
    Ok(Answer::Ok(json!({"sections": [{"label": "Current Search", "sub": sub, "id": "cs", "issues": issues}]})))
}
