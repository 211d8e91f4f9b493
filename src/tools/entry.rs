//! A tool's declaration, and the row that the table makes of it.

use std::{fmt, future::Future, pin::Pin};

use clap::{ArgMatches, Args as _, CommandFactory, FromArgMatches};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};
use usher_chat::{Argument, ArgumentKind, Command};

use super::{Call, Files};
use crate::{
    error::Error,
    governance::Permit,
    identity::Session,
    ids::{Access, ArgsHash, Flags, IssueKey, ProjectKey, SiteKind, ToolName},
    replies::Outcome,
};

/// One operation on Jira. Nothing that governance decides on has a default: unknown means no.
pub trait Tool: Send + Sync + 'static {
    /// Its name, a verb.
    const NAME: &'static str;
    /// What it may do.
    const ACCESS: Access;
    /// What it touches.
    const TOUCHES: Touches;
    /// What else there is to know before it is granted.
    const FLAGS: Flags;
    /// The requests with which it does its work, such as `PUT issue/{key}/assignee`; what it looks up meanwhile is left
    /// out.
    const ENDPOINTS: &'static [&'static str];
    /// The scopes that those requests need on Cloud, besides the ones that every link has.
    const SCOPES: &'static [&'static str] = &[];
    /// The kinds of site that have what it does.
    const SITES: &'static [SiteKind] = &[SiteKind::Cloud, SiteKind::DataCenter];
    /// Where menus and help show it.
    const FAMILY: Family;
    /// How it is written, the shortest way first.
    const EXAMPLES: &'static [&'static str];
    /// Small words that stand for options, such as `in` for `project`.
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[];
    /// Whether the last argument takes the rest of the message as it stands.
    const REST: bool = false;
    /// The arguments that are rich text: people named in them are named in Jira too.
    const RICH: &'static [&'static str] = &[];
    /// Whether it takes the files that come with the message: its arguments keep them under `files`.
    const FILES: bool = false;
    /// The arguments that, where none is given, are what the person gave the last time.
    const REMEMBERS: &'static [&'static str] = &[];
    /// What completes which argument.
    const COMPLETES: &'static [(&'static str, Source)];

    /// Its arguments. Their doc comments are the help.
    type Args: clap::Args + Serialize + DeserializeOwned + schemars::JsonSchema + Send + 'static;

    /// What the arguments name.
    fn on(args: &Self::Args) -> On;

    /// Whether the project that is meant where none is named is meant for these arguments too.
    fn takes_default(_: &Self::Args) -> bool {
        Self::TOUCHES == Touches::Project
    }

    /// Does it.
    fn run(call: Call<Self::Args>) -> impl Future<Output = Result<Outcome, Error>> + Send;

    /// What a person must know before they confirm it, in one or two sentences: what goes with it. The call can look
    /// and change nothing. It is asked of tools that remove, and without an answer the question is asked as it is.
    fn warns(call: Call<Self::Args>) -> impl Future<Output = Result<Option<String>, Error>> + Send {
        drop(call);
        async { Ok(None) }
    }
}

/// What the arguments of a call name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct On {
    /// Every project among them, also those of issues.
    pub projects: Vec<ProjectKey>,
    /// What a reply calls it when something went wrong.
    pub subject: Option<String>,
}

impl On {
    /// An issue.
    pub fn issue(key: &IssueKey) -> Self {
        Self { projects: vec![key.project().clone()], subject: Some(key.to_string()) }
    }

    /// Several issues. The first is what it is called.
    pub fn issues<'a>(keys: impl IntoIterator<Item = &'a IssueKey>) -> Self {
        let keys: Vec<&IssueKey> = keys.into_iter().collect();
        Self {
            projects: keys.iter().map(|key| key.project().clone()).collect(),
            subject: keys.first().map(ToString::to_string),
        }
    }

    /// A project, where one is named.
    pub fn project(key: Option<&ProjectKey>) -> Self {
        Self { projects: key.into_iter().cloned().collect(), subject: key.map(ToString::to_string) }
    }

    /// Nothing that has a project of its own.
    pub fn nothing() -> Self {
        Self::default()
    }
}

/// What a tool touches, so that its scope can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touches {
    /// The issue that its arguments name.
    Issue,
    /// The project that its arguments name.
    Project,
    /// Whatever a search finds.
    Search,
}

/// Where menus and help show a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// What people do all day: looking issues up, writing and moving them.
    Issues,
    /// What else there is to an issue: its past, its votes, its links, its logged time.
    More,
    /// Boards, sprints and charts.
    Plan,
    /// Projects and what they are made of, people and saved filters.
    Projects,
    /// Projects that serve customers.
    Service,
}

impl Family {
    /// The family's heading.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issues => "Issues",
            Self::More => "More",
            Self::Plan => "Plan",
            Self::Projects => "Projects",
            Self::Service => "Service",
        }
    }
}

/// Where the completions of an argument come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Issues, by key or title.
    Issue,
    /// Projects.
    Project,
    /// Types of the project given.
    IssueType,
    /// Transitions of the issue given.
    Transition,
    /// People who can be assigned to the issue or in the project given.
    Assignee,
    /// Priorities.
    Priority,
    /// Amounts of time.
    Duration,
    /// Titles of issues.
    Title,
    /// Anybody with an account.
    Person,
    /// Versions of the project given.
    Version,
    /// Saved filters of whoever asks.
    Filter,
    /// Queues of the project given.
    Queue,
    /// Kinds of request of the project given.
    RequestType,
    /// Boards.
    Board,
    /// Sprints that are not over, of the project of the issues given, or of every board.
    Sprint,
    /// Sprints that run or are over, of the board given, or of every board.
    AnySprint,
    /// Boards, where the chart given is one of a board.
    Charted,
    /// How the issue given can be linked, and to which.
    Relation,
    /// What can be changed on the issue given.
    Field,
    /// What the field given may hold on the issue given.
    Value,
    /// Comments of the issue given.
    Comment,
    /// The asker's own entries of logged time on the issue given.
    Worklog,
}

/// A tool at work.
pub type Running = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send>>;

/// A look at what a tool would do.
pub type Warning = Pin<Box<dyn Future<Output = Result<Option<String>, Error>> + Send>>;

/// A row of the table.
pub struct Entry {
    /// The tool's name.
    pub name: &'static str,
    /// What it may do.
    pub access: Access,
    /// What it touches.
    pub touches: Touches,
    /// What else there is to know before it is granted.
    pub flags: Flags,
    /// The requests with which it does its work.
    pub endpoints: &'static [&'static str],
    /// The scopes that they need on Cloud, besides the ones that every link has.
    pub scopes: &'static [&'static str],
    /// The kinds of site that have what it does.
    pub sites: &'static [SiteKind],
    /// Where menus and help show it.
    pub family: Family,
    /// How it is written.
    pub examples: &'static [&'static str],
    /// Small words that stand for options.
    pub small_words: &'static [(&'static str, &'static str)],
    /// Whether the last argument takes the rest of the message.
    pub rest: bool,
    /// The arguments that are rich text.
    pub rich: &'static [&'static str],
    /// Whether it takes files.
    pub files: bool,
    /// The arguments that, where none is given, are what the person gave the last time.
    pub remembers: &'static [&'static str],
    /// What completes which argument.
    pub completes: &'static [(&'static str, Source)],
    command: clap::Command,
    schema: fn() -> Value,
    parse: fn(&ArgMatches) -> Result<Value, clap::Error>,
    on: fn(&Value) -> On,
    takes_default: fn(&Value) -> bool,
    tidy: fn(Value) -> Option<Value>,
    run: fn(Permit, Session, Value, Timestamp, Files) -> Running,
    warns: fn(Permit, Session, Value, Timestamp) -> Warning,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).field("access", &self.access).finish_non_exhaustive()
    }
}

/// The option of every tool that names the Jira site.
const SITE: &str = "site";

#[derive(clap::Parser)]
struct Bare {}

impl Entry {
    /// The row of a tool.
    pub fn of<T: Tool>() -> Self {
        let command = T::Args::augment_args(Bare::command())
            .name(T::NAME)
            .no_binary_name(true)
            .disable_help_flag(true)
            .disable_version_flag(true)
            .arg(clap::Arg::new(SITE).long(SITE).value_name("SITE").help("The Jira site, where you have several"));
        Self {
            name: T::NAME,
            access: T::ACCESS,
            touches: T::TOUCHES,
            flags: T::FLAGS,
            endpoints: T::ENDPOINTS,
            scopes: T::SCOPES,
            sites: T::SITES,
            family: T::FAMILY,
            examples: T::EXAMPLES,
            small_words: T::SMALL_WORDS,
            rest: T::REST,
            rich: T::RICH,
            files: T::FILES,
            remembers: T::REMEMBERS,
            completes: T::COMPLETES,
            command,
            schema: || schemars::schema_for!(T::Args).to_value(),
            parse: |matches| {
                let args = T::Args::from_arg_matches(matches)?;
                serde_json::to_value(args).map_err(|_| clap::Error::new(clap::error::ErrorKind::Format))
            },
            takes_default: |args| T::Args::deserialize(args).is_ok_and(|args| T::takes_default(&args)),
            on: |args| T::Args::deserialize(args).map(|args| T::on(&args)).unwrap_or_default(),
            tidy: |args| serde_json::to_value(serde_json::from_value::<T::Args>(args).ok()?).ok(),
            run: |permit, session, args, now, files| {
                Box::pin(async move {
                    let args: T::Args = serde_json::from_value(args).map_err(Error::internal)?;
                    let call = Call::new(T::NAME, permit, session, args, now).map_err(Error::internal)?;
                    T::run(call.lending(files)).await
                })
            },
            warns: |permit, session, args, now| {
                Box::pin(async move {
                    let args: T::Args = serde_json::from_value(args).map_err(Error::internal)?;
                    T::warns(Call::new(T::NAME, permit, session, args, now).map_err(Error::internal)?).await
                })
            },
        }
    }

    /// The tool's name as an id.
    pub fn tool_name(&self) -> ToolName {
        self.name.parse().expect("names in the table are tool names, as a test of the table shows")
    }

    /// What it does, one line without a full stop.
    pub fn summary(&self) -> String {
        self.command.get_about().map(ToString::to_string).unwrap_or_default()
    }

    /// Its clap declaration.
    pub fn command(&self) -> &clap::Command {
        &self.command
    }

    /// Reads matched words into arguments.
    ///
    /// # Errors
    /// What clap says of them.
    pub fn parse(&self, matches: &ArgMatches) -> Result<Value, clap::Error> {
        (self.parse)(matches)
    }

    /// Arguments as the tool itself would write them, or nothing where they are not its own.
    pub fn tidy(&self, args: Value) -> Option<Value> {
        (self.tidy)(args)
    }

    /// Whether the project that is meant where none is named is meant for these arguments too.
    pub fn takes_default(&self, args: &Value) -> bool {
        self.has_argument("project") && (self.takes_default)(args)
    }

    /// What some arguments name.
    pub fn on(&self, args: &Value) -> On {
        (self.on)(args)
    }

    /// A call as it could have been typed, for people to read. Long ones are cut, and backticks are left out.
    pub fn line(&self, args: &Value) -> String {
        const LONGEST: usize = 120;
        let given = |arg: &clap::Arg| args.get(arg.get_id().as_str())?.as_str().filter(|word| !word.is_empty());
        let mut words = vec![self.name.to_owned()];
        words.extend(self.command.get_positionals().filter_map(given).map(str::to_owned));
        for option in self.command.get_opts() {
            words.extend(option.get_long().zip(given(option)).map(|(long, word)| format!("--{long} {word}")));
        }
        let line: String =
            words.join(" ").chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| *c != '`').collect();
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", line[..end].trim_end()),
            None => line,
        }
    }

    /// Runs the tool. Refuses a permit and a session that do not match it.
    pub fn run(&self, permit: Permit, session: Session, args: Value, now: Timestamp, files: Files) -> Running {
        (self.run)(permit, session, args, now, files)
    }

    /// Looks at what the tool would do, for the question whether it is meant.
    pub fn warns(&self, permit: Permit, session: Session, args: Value, now: Timestamp) -> Warning {
        (self.warns)(permit, session, args, now)
    }

    /// The JSON schema of the arguments.
    pub fn schema(&self) -> Value {
        (self.schema)()
    }

    /// A hash of what the tool declares. A change of class, arguments, reach, flags or requests is a new declaration.
    pub fn digest(&self) -> String {
        let declared = serde_json::json!({
            "name": self.name,
            "access": self.access,
            "touches": format!("{:?}", self.touches),
            "flags": self.flags.names().collect::<Vec<_>>(),
            "endpoints": self.endpoints,
            "arguments": self.schema(),
        });
        hex::encode(Sha256::digest(ArgsHash::of(&declared).0.as_bytes()))
    }

    /// Whether an argument of that id exists.
    pub fn has_argument(&self, id: &str) -> bool {
        self.command.get_arguments().any(|argument| argument.get_id() == id)
    }

    /// The words among which an argument is chosen, where there are such.
    pub fn words_of(&self, id: &str) -> Vec<String> {
        let argument = self.command.get_arguments().find(|argument| argument.get_id() == id);
        let words = argument.map(clap::Arg::get_possible_values).unwrap_or_default();
        words.iter().map(|word| word.get_name().to_owned()).collect()
    }

    /// The ids of the long options, with their dashes.
    pub fn option_names(&self) -> Vec<String> {
        self.command.get_opts().filter_map(|argument| argument.get_long()).map(|long| format!("--{long}")).collect()
    }

    /// The argument that takes the rest of the message.
    pub fn rest_name(&self) -> Option<String> {
        self.rest.then(|| self.command.get_positionals().last().map(|arg| arg.get_id().to_string())).flatten()
    }

    /// The arguments, required ones first.
    pub fn arguments(&self) -> Vec<Argument> {
        let mut arguments: Vec<Argument> =
            self.command.get_arguments().filter(|arg| !arg.is_hide_set()).map(|arg| self.argument(arg)).collect();
        if self.files {
            arguments.push(file());
        }
        arguments.sort_by_key(|argument| !argument.required);
        arguments
    }

    fn argument(&self, arg: &clap::Arg) -> Argument {
        let id = arg.get_id().as_str();
        let words: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let kind = match (arg.get_action().takes_values(), words.is_empty()) {
            (false, _) => ArgumentKind::Flag,
            (true, false) => ArgumentKind::OneOf(words),
            (true, true) => ArgumentKind::Text,
        };
        Argument {
            name: id.to_owned(),
            help: arg.get_help().map(ToString::to_string).unwrap_or_default(),
            required: arg.is_required_set(),
            kind,
            completes: self.completes.iter().any(|(argument, _)| *argument == id),
        }
    }

    /// The tool as a platform's menus show it.
    pub fn as_command(&self) -> Command {
        Command {
            path: vec![self.name.to_owned()],
            family: self.family.as_str().to_owned(),
            summary: self.summary(),
            usage: self.usage(),
            arguments: self.arguments(),
            admin: false,
        }
    }

    /// How a person types it: `create TYPE [in PROJECT] [for WHO] [--priority PRIORITY] [TITLE]`.
    pub fn usage(&self) -> String {
        let written = self.written().into_iter().filter(|(argument, ..)| argument.get_id() != SITE);
        let words = written.map(|(argument, typed)| match argument.is_required_set() {
            true => typed,
            false => format!("[{typed}]"),
        });
        std::iter::once(self.name.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Each argument as a person types it, with what it is.
    pub fn explained(&self) -> Vec<(String, String)> {
        let help = |argument: &clap::Arg| argument.get_help().map(ToString::to_string).unwrap_or_default();
        self.written().into_iter().map(|(argument, typed)| (typed, help(argument))).collect()
    }

    /// The arguments in the order in which they are typed: options stand before the free text at the end.
    fn written(&self) -> Vec<(&clap::Arg, String)> {
        let mut positionals: Vec<&clap::Arg> = self.command.get_positionals().collect();
        let rest = if self.rest { positionals.pop() } else { None };
        let options = self.command.get_opts().filter(|argument| !argument.is_hide_set());
        let all = positionals.into_iter().chain(options).chain(rest);
        all.map(|argument| (argument, self.typed(argument))).collect()
    }

    fn typed(&self, argument: &clap::Arg) -> String {
        let id = argument.get_id().as_str();
        let value = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
        let value = value.unwrap_or_else(|| id.to_uppercase());
        let small = self.small_words.iter().find(|(_, option)| *option == id).map(|(word, _)| *word);
        match (small, argument.get_long(), argument.get_action().takes_values()) {
            (Some(word), ..) => format!("{word} {value}"),
            (None, Some(long), true) => format!("--{long} {value}"),
            (None, Some(long), false) => format!("--{long}"),
            (None, None, _) => value,
        }
    }
}

/// The file that a native command asks for. Whoever types sends it along.
fn file() -> Argument {
    Argument {
        name: "file".to_owned(),
        help: "The file".to_owned(),
        required: true,
        kind: ArgumentKind::File,
        completes: false,
    }
}
