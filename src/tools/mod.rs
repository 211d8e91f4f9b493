//! What can be done in Jira: one file per tool, and the table that lists them.
//!
//! A tool is declared once. From its constants and its `Args` come the typed grammar, the help, native commands,
//! completion, the JSON schema and the row that governance decides on. To add one, write its file, name it here and
//! give it a row in [`table()`].

mod agile;
mod call;
mod choose;
mod complete;
mod desk;
mod entry;
mod files;
mod form;
mod listing;
mod lookup;
mod mentions;
mod named;
mod narrow;
mod pacing;
mod page;
mod people;
mod places;
mod show;
mod values;

mod assign;
mod attach;
mod attachments;
mod backlog;
mod batch;
mod boards;
mod chart;
mod children;
mod clone;
mod close_sprint;
mod comment;
mod comments;
mod components;
mod counting;
mod create;
mod create_sprint;
mod create_version;
mod delete;
mod delete_comment;
mod edit;
mod edit_comment;
mod epic;
mod fields;
mod filter;
mod filters;
mod find;
mod history;
mod link;
mod link_types;
mod log;
mod mine;
mod move_to;
mod person;
mod plan;
mod priorities;
mod project;
mod projects;
mod queue;
mod queues;
mod rank;
mod recent;
mod release;
mod request;
mod request_types;
mod sla;
mod sprint;
mod sprints;
mod start_sprint;
mod status;
mod statuses;
mod timesheet;
mod transitions;
mod types;
mod unassign;
mod unlink;
mod unlog;
mod unplan;
mod unrelease;
mod unvote;
mod unwatch;
mod versions;
mod view;
mod vote;
mod watch;
mod watchers;
mod weblink;
mod worklogs;

use std::{collections::BTreeSet, sync::OnceLock};

pub use self::{
    call::{At, Call, Mismatch},
    complete::{Question, Shelf, Shelves, complete, known, starting},
    entry::{Entry, Family, On, Running, Source, Tool, Touches},
    files::Files,
};

/// The tools, in the order in which help shows them.
#[derive(Debug)]
pub struct Table(Vec<Entry>);

/// The table of all tools.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        Table(vec![
            Entry::of::<view::View>(),
            Entry::of::<find::Find>(),
            Entry::of::<mine::Mine>(),
            Entry::of::<recent::Recent>(),
            Entry::of::<create::Create>(),
            Entry::of::<batch::Batch>(),
            Entry::of::<edit::Edit>(),
            Entry::of::<clone::CloneIssue>(),
            Entry::of::<move_to::Move>(),
            Entry::of::<status::Status>(),
            Entry::of::<assign::Assign>(),
            Entry::of::<comment::Comment>(),
            Entry::of::<attach::Attach>(),
            Entry::of::<attachments::Attachments>(),
            Entry::of::<log::Log>(),
            Entry::of::<watch::Watch>(),
            Entry::of::<unwatch::Unwatch>(),
            Entry::of::<delete::Delete>(),
            Entry::of::<comments::Comments>(),
            Entry::of::<history::History>(),
            Entry::of::<transitions::Transitions>(),
            Entry::of::<watchers::Watchers>(),
            Entry::of::<worklogs::Worklogs>(),
            Entry::of::<children::Children>(),
            Entry::of::<epic::Epic>(),
            Entry::of::<vote::Vote>(),
            Entry::of::<unvote::Unvote>(),
            Entry::of::<unassign::Unassign>(),
            Entry::of::<link_types::LinkTypes>(),
            Entry::of::<link::Link>(),
            Entry::of::<unlink::Unlink>(),
            Entry::of::<weblink::Weblink>(),
            Entry::of::<edit_comment::EditComment>(),
            Entry::of::<delete_comment::DeleteComment>(),
            Entry::of::<unlog::Unlog>(),
            Entry::of::<timesheet::Timesheet>(),
            Entry::of::<boards::Boards>(),
            Entry::of::<sprints::Sprints>(),
            Entry::of::<sprint::Sprint>(),
            Entry::of::<backlog::Backlog>(),
            Entry::of::<plan::Plan>(),
            Entry::of::<unplan::Unplan>(),
            Entry::of::<rank::Rank>(),
            Entry::of::<create_sprint::CreateSprint>(),
            Entry::of::<start_sprint::StartSprint>(),
            Entry::of::<close_sprint::CloseSprint>(),
            Entry::of::<chart::Chart>(),
            Entry::of::<projects::Projects>(),
            Entry::of::<project::Project>(),
            Entry::of::<types::Types>(),
            Entry::of::<fields::Fields>(),
            Entry::of::<statuses::Statuses>(),
            Entry::of::<priorities::Priorities>(),
            Entry::of::<components::Components>(),
            Entry::of::<versions::Versions>(),
            Entry::of::<create_version::CreateVersion>(),
            Entry::of::<release::Release>(),
            Entry::of::<unrelease::Unrelease>(),
            Entry::of::<person::Person>(),
            Entry::of::<filters::Filters>(),
            Entry::of::<filter::Filter>(),
            Entry::of::<queues::Queues>(),
            Entry::of::<queue::Queue>(),
            Entry::of::<request_types::RequestTypes>(),
            Entry::of::<request::Request>(),
            Entry::of::<sla::Sla>(),
        ])
    })
}

impl Table {
    /// The tool of that name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.name == name)
    }

    /// All tools.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    /// The scopes that single tools need on Cloud, besides the ones that every link has.
    pub fn scopes(&self) -> BTreeSet<&'static str> {
        self.0.iter().flat_map(|entry| entry.scopes).copied().collect()
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<'_> {
        self.0.iter().map(|entry| entry.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_declares_itself_whole() {
        for entry in table().iter() {
            assert!(entry.tool_name().as_str() == entry.name);
            assert!(!entry.summary().is_empty() && !entry.summary().ends_with('.'), "{}", entry.name);
            assert!(entry.summary().len() <= 100, "{}: native menus cut at 100 characters", entry.name);
            assert!(!entry.examples.is_empty(), "{}: show how it is written", entry.name);
            for argument in entry.arguments() {
                assert!(!argument.help.is_empty() && argument.help.len() <= 100, "{} {}", entry.name, argument.name);
            }
            for (argument, _) in entry.completes {
                assert!(entry.has_argument(argument), "{} completes an unknown {argument}", entry.name);
            }
            for (_, option) in entry.small_words {
                assert!(entry.has_argument(option), "{} has a small word for an unknown {option}", entry.name);
            }
        }
    }

    #[test]
    fn another_declaration_is_another_digest() {
        let declared = || Entry::of::<view::View>();
        let same = declared().digest();
        let changed = |change: &dyn Fn(&mut Entry)| {
            let mut entry = declared();
            change(&mut entry);
            entry.digest()
        };
        assert_eq!(changed(&|_| {}), same);
        assert_ne!(changed(&|entry| entry.access = crate::ids::Access::Write), same);
        assert_ne!(changed(&|entry| entry.touches = Touches::Search), same);
        assert_ne!(changed(&|entry| entry.flags.egress = true), same);
        assert_ne!(changed(&|entry| entry.endpoints = &["GET issue/{key}/comment"]), same);
        assert_ne!(declared().digest(), Entry::of::<assign::Assign>().digest());
    }

    #[test]
    fn every_tool_says_with_what_it_does_its_work() {
        for entry in table().iter() {
            let sound = |one: &&str| {
                one.split_once(' ').is_some_and(|(method, path)| {
                    matches!(method, "GET" | "POST" | "PUT" | "DELETE") && !path.is_empty() && !path.starts_with('/')
                })
            };
            assert!(!entry.endpoints.is_empty() && entry.endpoints.iter().all(sound), "{}", entry.name);
            // What only looks asks with GET, or searches.
            let changes = entry
                .endpoints
                .iter()
                .any(|one| !one.starts_with("GET ") && !one.contains(" search") && !one.contains("bulkfetch"));
            assert_eq!(changes, entry.access != crate::ids::Access::Read, "{}", entry.name);
        }
    }

    #[test]
    fn what_the_tools_show_the_outside() {
        let lines: Vec<String> =
            table().iter().map(|entry| format!("{} {} -- {}", entry.access, entry.usage(), entry.summary())).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        read view KEY -- Show an issue
        read find [in PROJECT] [WORDS] -- Find issues
        read mine -- List the open issues that are assigned to you
        read recent -- List the issues that you looked at last
        write create [TYPE] [in PROJECT] [for WHO] [--priority PRIORITY] [--description TEXT] [--set FIELDS] [TITLE] -- Create an issue
        write batch TYPE [in PROJECT] TITLES -- Create several issues, one from each line
        write edit KEY [FIELD] [VALUE] -- Change a field of an issue, or several with a form
        write clone KEY [TITLE] -- Make a copy of an issue
        write move KEY [to PROJECT] [as TYPE] -- Move an issue to another project or type
        write status KEY [STATUS] -- Move an issue to another status
        write assign KEY WHO -- Give an issue to somebody
        write comment KEY [--to ROLE] [--internal] TEXT -- Add a comment to an issue
        write attach KEY -- Attach the files of your message to an issue
        read attachments KEY -- List the files of an issue, and show the small ones
        write log KEY TIME [--start WHEN] [--remaining TIME] [NOTE] -- Log time on an issue
        write watch KEY -- Watch an issue: Jira tells you when it changes
        write unwatch KEY -- Stop watching an issue
        destructive delete KEY [--subtasks] -- Delete an issue
        read comments KEY -- Read the comments of an issue
        read history KEY -- Show what was changed on an issue
        read transitions KEY -- Show to which statuses an issue can go
        read watchers KEY -- Show who watches an issue
        read worklogs KEY -- Show the time logged on an issue
        read children KEY -- List the parts of an issue: its subtasks, or the issues of an epic
        read epic KEY -- Show the epic or parent of an issue, with its progress
        write vote KEY -- Vote for an issue
        write unvote KEY -- Take back your vote for an issue
        write unassign KEY -- Take an issue from whoever has it
        read link-types -- List how issues can be linked
        write link KEY HOW -- Link an issue to another one
        write unlink KEY OTHER -- Remove a link between two issues, or from an issue to a page
        write weblink KEY URL [TITLE] -- Link an issue to a web page
        write edit-comment KEY COMMENT TEXT -- Change the words of a comment
        destructive delete-comment KEY COMMENT -- Delete a comment
        destructive unlog KEY WORKLOG -- Take back time that you logged
        read timesheet [WEEK] -- Show the time that you logged this week, day by day
        read boards [in PROJECT] [WORDS] -- List boards
        read sprints BOARD -- List the sprints of a board
        read sprint [BOARD] -- Show how far the running sprint of a board has come
        read backlog BOARD -- List what nobody has planned yet on a board, by rank
        write plan [into SPRINT] KEYS -- Put issues into a sprint
        write unplan KEYS -- Take issues out of their sprint, back to the backlog
        write rank KEY [before KEY] [after KEY] -- Put an issue directly before or after another
        write create-sprint BOARD [--start DAY] [--end DAY] [--goal TEXT] NAME -- Add a sprint to a board
        write start-sprint [on BOARD] [--end DAY] [SPRINT] -- Start a planned sprint
        write close-sprint [on BOARD] [SPRINT] -- Close a running sprint
        read chart KIND [in PROJECT] [--days NUMBER] [--sprint SPRINT] [WORDS] -- Draw a chart of issues or sprints
        read projects [WORDS] -- List projects
        read project PROJECT -- Show a project: what it is for, who leads it, its types
        read types [PROJECT] -- List the types that issues of a project may have
        read fields [PROJECT] [TYPE] -- List what creating an issue asks for
        read statuses PROJECT -- List the statuses that issues of a project go through
        read priorities -- List the priorities, the most urgent first
        read components PROJECT -- List the components of a project
        read versions PROJECT -- List the versions of a project, with their dates
        write create-version PROJECT [--date DAY] [--description TEXT] NAME -- Add a version to a project
        write release PROJECT VERSION -- Release a version
        write unrelease PROJECT VERSION -- Take the release of a version back
        read person NAME -- Find a person in Jira
        read filters [WORDS] -- List your saved filters
        read filter NAME -- Show what a saved filter finds
        read queues PROJECT -- List the queues of a service project
        read queue PROJECT NAME -- Show the issues of a queue
        read request-types PROJECT -- List what customers of a service project can ask for
        write request PROJECT TYPE [--description TEXT] [TITLE] -- Ask for something in a service project
        read sla KEY -- Show how long a customer's request may take
        ");
    }
}
