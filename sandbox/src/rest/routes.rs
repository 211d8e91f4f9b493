//! Every operation that the sandbox serves, with the scopes that Cloud asks for.
use std::borrow::Cow;

use http::Method;

use super::{
    Ask, Reply, agile, assignee, attachments, bulk, catalog, comments, desks, filters, identity, issue, links, meta,
    projects, properties, search, sprints, suggestions, transitions, users, versions, watching, web_links, worklogs,
};

/// Which sites serve an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Both,
    Cloud,
    DataCenter,
}

/// One operation.
pub(crate) struct Route {
    pub method: Method,
    /// Segments after `/rest/`, `*` for a parameter. `api` stands for `api/3` on Cloud and `api/2` on Data Center.
    pub path: &'static [&'static str],
    pub on: On,
    /// All of them are needed (Cloud only).
    pub scopes: &'static [&'static str],
    pub run: fn(&mut Ask<'_>) -> Reply,
}

const NONE: &[&str] = &[];
const READ: &[&str] = &["read:jira-work"];
const WRITE: &[&str] = &["write:jira-work"];
const USER: &[&str] = &["read:jira-user"];
const PROJECT: &[&str] = &["manage:jira-project"];
const READ_DESK: &[&str] = &["read:servicedesk-request"];
const WRITE_DESK: &[&str] = &["write:servicedesk-request"];
const BOARDS: &[&str] = &["read:board-scope:jira-software", "read:project:jira"];
const BOARD: &[&str] = &["read:board-scope:jira-software", "read:issue-details:jira"];
const BOARD_SET_UP: &[&str] = &["read:board-scope.admin:jira-software", "read:project:jira"];
const SPRINT: &[&str] = &["read:sprint:jira-software"];
const WRITE_SPRINT: &[&str] = &["write:sprint:jira-software"];
const WRITE_BOARD: &[&str] = &["write:board-scope:jira-software"];
const AGILE_ISSUE: &[&str] = &["read:issue:jira-software"];
const WRITE_AGILE_ISSUE: &[&str] = &["write:issue:jira-software"];

macro_rules! routes {
    ($($method:ident $on:ident [$($segment:literal)*] $scopes:ident $run:path;)*) => {
        &[$(Route { method: Method::$method, path: &[$($segment),*], on: On::$on, scopes: $scopes, run: $run },)*]
    };
}

#[rustfmt::skip]
pub(crate) static ROUTES: &[Route] = routes! {
    GET    Both       ["api" "issue" "*"]                                   READ  issue::get;
    GET    Both       ["api" "myself"]                                      USER  identity::myself;
    GET    Both       ["api" "serverInfo"]                                  NONE  identity::server_info;
    GET    Both       ["api" "mypermissions"]                               READ  identity::my_permissions;
    POST   Both       ["api" "issue"]                                       WRITE issue::create;
    PUT    Both       ["api" "issue" "*"]                                   WRITE issue::edit;
    DELETE Both       ["api" "issue" "*"]                                   WRITE issue::delete;
    PUT    Both       ["api" "issue" "*" "assignee"]                        WRITE assignee::assign;
    GET    Both       ["api" "issue" "*" "transitions"]                     READ  transitions::list;
    POST   Both       ["api" "issue" "*" "transitions"]                     WRITE transitions::go;
    GET    Cloud      ["api" "issue" "*" "changelog"]                       READ  issue::changelog;
    POST   Cloud      ["api" "changelog" "bulkfetch"]                     READ  issue::changelogs;
    GET    Both       ["api" "issue" "*" "comment"]                         READ  comments::list;
    POST   Both       ["api" "issue" "*" "comment"]                         WRITE comments::add;
    GET    Both       ["api" "issue" "*" "comment" "*"]                     READ  comments::get;
    PUT    Both       ["api" "issue" "*" "comment" "*"]                     WRITE comments::edit;
    DELETE Both       ["api" "issue" "*" "comment" "*"]                     WRITE comments::delete;
    GET    Both       ["api" "issue" "*" "worklog"]                         READ  worklogs::list;
    POST   Both       ["api" "issue" "*" "worklog"]                         WRITE worklogs::add;
    GET    Both       ["api" "issue" "*" "worklog" "*"]                     READ  worklogs::get;
    DELETE Both       ["api" "issue" "*" "worklog" "*"]                     WRITE worklogs::delete;
    GET    Both       ["api" "issue" "*" "watchers"]                        READ  watching::watchers;
    POST   Both       ["api" "issue" "*" "watchers"]                        WRITE watching::watch;
    DELETE Both       ["api" "issue" "*" "watchers"]                        WRITE watching::unwatch;
    GET    Both       ["api" "issue" "*" "votes"]                           READ  watching::votes;
    POST   Both       ["api" "issue" "*" "votes"]                           WRITE watching::vote;
    DELETE Both       ["api" "issue" "*" "votes"]                           WRITE watching::unvote;
    GET    Both       ["api" "issue" "*" "remotelink"]                      READ  web_links::list;
    POST   Both       ["api" "issue" "*" "remotelink"]                      WRITE web_links::add;
    DELETE Both       ["api" "issue" "*" "remotelink" "*"]                  WRITE web_links::delete;
    POST   Both       ["api" "issue" "*" "attachments"]                     WRITE attachments::add;
    GET    Both       ["api" "issue" "*" "editmeta"]                        READ  meta::edit;
    GET    Both       ["api" "issue" "*" "properties"]                      READ  properties::keys;
    GET    Both       ["api" "issue" "*" "properties" "*"]                  READ  properties::get;
    PUT    Both       ["api" "issue" "*" "properties" "*"]                  WRITE properties::put;
    DELETE Both       ["api" "issue" "*" "properties" "*"]                  WRITE properties::delete;
    GET    Both       ["api" "issue" "createmeta" "*" "issuetypes"]         READ  meta::create_types;
    GET    Both       ["api" "issue" "createmeta" "*" "issuetypes" "*"]     READ  meta::create_fields;
    GET    Both       ["api" "issue" "picker"]                              READ  search::picker;
    GET    Both       ["api" "attachment" "meta"]                           READ  attachments::settings;
    GET    Both       ["api" "attachment" "*"]                              READ  attachments::get;
    DELETE Both       ["api" "attachment" "*"]                              WRITE attachments::delete;
    GET    DataCenter ["secure" "attachment" "*" "*"]                      READ  attachments::secure;
    GET    Cloud      ["api" "attachment" "content" "*"]                    READ  attachments::content;
    GET    Cloud      ["api" "project" "search"]                            READ  projects::search;
    GET    Both       ["api" "project"]                                     READ  projects::list;
    GET    Both       ["api" "project" "*"]                                 READ  projects::get;
    GET    Both       ["api" "project" "*" "statuses"]                      READ  projects::statuses;
    GET    Both       ["api" "project" "*" "versions"]                      READ  versions::list;
    GET    Both       ["api" "project" "*" "components"]                    READ  versions::components;
    POST   Both       ["api" "version"]                                     PROJECT versions::create;
    GET    Both       ["api" "version" "*"]                                 READ  versions::get;
    PUT    Both       ["api" "version" "*"]                                 PROJECT versions::update;
    GET    Both       ["api" "version" "*" "unresolvedIssueCount"]          READ  versions::unresolved;
    GET    Cloud      ["api" "filter" "my"]                                 READ  filters::mine;
    GET    Both       ["api" "filter" "favourite"]                          READ  filters::favourite;
    GET    Both       ["api" "filter" "*"]                                  READ  filters::get;
    GET    Both       ["api" "status"]                                      READ  catalog::statuses;
    GET    Both       ["api" "priority"]                                    READ  catalog::priorities;
    GET    Cloud      ["api" "priority" "search"]                           READ  catalog::priority_page;
    GET    Both       ["api" "resolution"]                                  READ  catalog::resolutions;
    GET    Both       ["api" "issuetype"]                                   READ  catalog::issue_types;
    GET    Both       ["api" "field"]                                       READ  catalog::fields;
    GET    Cloud      ["api" "label"]                                       READ  catalog::labels;
    POST   Cloud      ["api" "bulk" "issues" "move"]                        WRITE bulk::move_issues;
    GET    Cloud      ["api" "bulk" "queue" "*"]                            READ  bulk::progress;
    GET    Both       ["api" "issueLinkType"]                               READ  links::types;
    POST   Both       ["api" "issueLink"]                                   WRITE links::add;
    GET    Both       ["api" "issueLink" "*"]                               READ  links::get;
    DELETE Both       ["api" "issueLink" "*"]                               WRITE links::delete;
    GET    Both       ["api" "user"]                                        USER  users::get;
    GET    Both       ["api" "user" "search"]                               USER  users::search;
    GET    Both       ["api" "user" "assignable" "search"]                  USER  users::assignable;
    GET    Both       ["api" "user" "picker"]                               USER  users::picker;
    GET    Cloud      ["api" "user" "groups"]                               USER  users::groups;
    GET    Both       ["api" "groups" "picker"]                             USER  users::group_picker;
    GET    Both       ["api" "jql" "autocompletedata" "suggestions"]        READ  suggestions::suggest;
    GET    Cloud      ["api" "search" "jql"]                                READ  search::jql_get;
    POST   Cloud      ["api" "search" "jql"]                                READ  search::jql_post;
    POST   Cloud      ["api" "search" "approximate-count"]                  READ  search::count;
    POST   Cloud      ["api" "jql" "parse"]                                 READ  search::parse;
    GET    Both       ["api" "search"]                                      READ  search::old_get;
    POST   Both       ["api" "search"]                                      READ  search::old_post;
    GET    Both       ["servicedeskapi" "servicedesk"]                      READ_DESK desks::list;
    GET    Both       ["servicedeskapi" "servicedesk" "*" "queue"]          READ_DESK desks::queues;
    GET    Both       ["servicedeskapi" "servicedesk" "*" "requesttype"]    READ_DESK desks::kinds;
    GET    Both       ["servicedeskapi" "servicedesk" "*" "requesttype" "*" "field"] READ_DESK desks::fields;
    POST   Both       ["servicedeskapi" "request"]                          WRITE_DESK desks::create;
    GET    Both       ["servicedeskapi" "request" "*" "sla"]                READ_DESK desks::slas;
    GET    Both       ["agile" "1.0" "board"]                               BOARDS agile::boards;
    GET    Both       ["agile" "1.0" "board" "*"]                           BOARD agile::board;
    GET    Both       ["agile" "1.0" "board" "*" "configuration"]           BOARD_SET_UP agile::configuration;
    GET    Both       ["agile" "1.0" "board" "*" "project"]                 BOARD_SET_UP agile::projects;
    GET    DataCenter ["agile" "1.0" "board" "*" "backlog"]                 BOARD agile::backlog_from;
    GET    Cloud      ["software" "1.0" "board" "*" "backlog"]              BOARD agile::backlog_with_token;
    GET    Both       ["agile" "1.0" "board" "*" "sprint"]                  SPRINT sprints::of_board;
    POST   Both       ["agile" "1.0" "sprint"]                              WRITE_SPRINT sprints::create;
    GET    Both       ["agile" "1.0" "sprint" "*"]                          SPRINT sprints::get;
    POST   Both       ["agile" "1.0" "sprint" "*"]                          WRITE_SPRINT sprints::update;
    POST   Both       ["agile" "1.0" "sprint" "*" "issue"]                  WRITE_SPRINT sprints::add;
    POST   Both       ["agile" "1.0" "backlog" "issue"]                     WRITE_BOARD agile::into_backlog;
    GET    Both       ["agile" "1.0" "issue" "*"]                           AGILE_ISSUE agile::issue;
    PUT    Both       ["agile" "1.0" "issue" "rank"]                        WRITE_AGILE_ISSUE agile::rank;
};

/// What a look-up in the table found.
pub(crate) enum Found {
    Route(&'static Route, Vec<String>),
    /// The path is served, but not with this method.
    WrongMethod,
    Nothing,
}

/// Finds the operation for the segments after `/rest/` (with the version after `api` already taken off). Literal segments win over
/// parameters.
pub(crate) fn find(method: &Method, path: &[Cow<'_, str>], cloud: bool) -> Found {
    let here = if cloud { On::Cloud } else { On::DataCenter };
    let mut best: Option<(&'static Route, usize)> = None;
    let mut other_method = false;
    for route in ROUTES.iter().filter(|route| route.on == On::Both || route.on == here) {
        if !fits(route.path, path) {
            continue;
        }
        if route.method != *method {
            other_method = true;
            continue;
        }
        let wildcards = route.path.iter().filter(|segment| **segment == "*").count();
        if best.is_none_or(|(_, least)| wildcards < least) {
            best = Some((route, wildcards));
        }
    }
    match best {
        Some((route, _)) => {
            let params = route.path.iter().zip(path).filter(|(pattern, _)| **pattern == "*");
            Found::Route(route, params.map(|(_, segment)| segment.to_string()).collect())
        }
        None if other_method => Found::WrongMethod,
        None => Found::Nothing,
    }
}

fn fits(pattern: &[&str], path: &[Cow<'_, str>]) -> bool {
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(pattern, segment)| *pattern == "*" || *pattern == segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str, cloud: bool) -> String {
        let segments: Vec<Cow<'_, str>> = path.split('/').map(Cow::from).collect();
        match find(&method, &segments, cloud) {
            Found::Route(route, params) => format!("{} {}", route.path.join("/"), params.join(",")),
            Found::WrongMethod => "405".into(),
            Found::Nothing => "404".into(),
        }
    }

    #[test]
    fn literal_segments_win_over_parameters() {
        assert_eq!(found(Method::GET, "api/issue/DEMO-1", true), "api/issue/* DEMO-1");
        assert_eq!(found(Method::GET, "api/issue/picker", true), "api/issue/picker ");
        assert_eq!(found(Method::GET, "api/project/search", true), "api/project/search ");
        assert_eq!(found(Method::GET, "api/project/search", false), "api/project/* search");
        assert_eq!(found(Method::GET, "api/search/jql", false), "404");
        assert_eq!(found(Method::PATCH, "api/issue/DEMO-1", true), "405");
        assert_eq!(found(Method::GET, "api/nothing", true), "404");
    }
}
