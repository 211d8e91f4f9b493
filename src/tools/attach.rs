//! `attach`: attaches the files of a message to an issue.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{IncomingFile, OpenError, Text};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::{Error, JiraError},
    ids::{Access, Flags, IssueKey},
    jira::{AttachmentLimits, NewFile, NotAttached},
    replies::{Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Attach;

/// Attach the files of your message to an issue
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// What came along with the message. Nobody can type it.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub files: Vec<IncomingFile>,
}

/// The largest file that is attached, in bytes.
const LARGEST: u64 = 25_000_000;
/// The most files at a time.
const MOST: usize = 10;

impl Tool for Attach {
    const NAME: &'static str = "attach";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { customer_visible: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/attachments"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["attach DEMO-7"];
    const FILES: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, files } = &call.args;
        refuse(key, files)?;
        let (issues, attachments) = (call.jira.issues(), call.jira.attachments());
        let (issue, limits) = futures::join!(issues.get(key), attachments.limits());
        let issue = issue.at(&call)?;
        // What the site takes is good to know before anything is sent. It answers for itself where it does not tell.
        if let Ok(limits) = limits {
            refuse_there(files, &limits)?;
        }
        let mut stopped = None;
        for (at, file) in files.iter().enumerate() {
            let new = NewFile { name: file.name.clone(), media_type: file.media_type.clone(), bytes: file.bytes };
            match attachments.add(&issue.key, &new, || call.files().open(file, LARGEST)).await {
                Ok(()) => {}
                Err(why) if at == 0 => return Err(refused(&call, &issue.key, &file.name, why)),
                Err(why) => {
                    stopped = Some((at, why));
                    break;
                }
            }
        }
        let words = match stopped {
            None => format!("Attached {} to {}.", names(files), issue.key),
            Some((at, why)) => halfway(&issue.key, files.split_at(at), &why),
        };
        let url = call.jira.site().browse_url(&issue.key).to_string();
        let done = Done { text: Text::plain(words), url: Some(url) };
        Ok(Outcome::new(Shape::Done(done), show::about(&issue)).changed(&issue.key))
    }
}

/// What need not even be tried.
fn refuse(key: &IssueKey, files: &[IncomingFile]) -> Result<(), Error> {
    if files.is_empty() {
        return Err(Error::user(format!("Send the file along with the command, in one message: `jira attach {key}`.")));
    }
    if files.len() > MOST {
        let words = format!("That is {} files, and {MOST} at a time is the most that I attach.", files.len());
        return Err(Error::user_hint(words, "Send them in several messages."));
    }
    larger(files, LARGEST).map_or(Ok(()), |file| Err(too_large(file, LARGEST, "I attach")))
}

fn refuse_there(files: &[IncomingFile], limits: &AttachmentLimits) -> Result<(), Error> {
    if !limits.enabled {
        return Err(Error::user("This Jira takes no attachments."));
    }
    let Some(most) = limits.upload_limit else { return Ok(()) };
    larger(files, most).map_or(Ok(()), |file| Err(too_large(file, most, "this Jira takes")))
}

fn larger(files: &[IncomingFile], most: u64) -> Option<&IncomingFile> {
    files.iter().find(|file| file.bytes.is_some_and(|bytes| bytes > most))
}

fn too_large(file: &IncomingFile, most: u64, who: &str) -> Error {
    let bytes = file.bytes.map(show::size).unwrap_or_default();
    let words = format!("{} has {bytes}, and {} is the most that {who}.", file.name, show::size(most));
    Error::user_hint(words, "Nothing was attached.")
}

/// Why the first file was not attached, and so none.
fn refused(call: &Call<Args>, key: &IssueKey, name: &str, why: NotAttached<OpenError>) -> Error {
    match why {
        NotAttached::File(OpenError::Gone) => {
            Error::user_hint(format!("{name} is not there any more."), "Send it again along with the command.")
        }
        NotAttached::File(OpenError::TooLarge { most }) => Error::user_hint(
            format!("{name} is larger than {}, the most that I can take from this chat.", show::size(most)),
            format!("Attach it to {key} in Jira."),
        ),
        NotAttached::File(OpenError::Away(why)) => {
            tracing::info!(why, "a file could not be read");
            let words = format!("{name} could not be read from this chat, and nothing was attached.");
            Error::user_hint(words, "Send it again in a minute.")
        }
        NotAttached::Jira(JiraError::TooLarge) => {
            Error::user_hint(format!("{name} is larger than this Jira takes."), "Nothing was attached.")
        }
        // The issue was read a moment ago: Data Center says this of a file that is too large, too.
        NotAttached::Jira(JiraError::NotFound { .. }) => Error::user_hint(
            format!("Jira did not take {name}."),
            format!("It is too large, or your Jira account may not attach files to {key}."),
        ),
        NotAttached::Jira(error) => error.at(call.site()),
    }
}

/// Some files were attached, and then it went wrong.
fn halfway(key: &IssueKey, (done, left): (&[IncomingFile], &[IncomingFile]), why: &NotAttached<OpenError>) -> String {
    let done = format!("Attached {} to {key}", names(done));
    let (first, left) = (left.first().map_or("", |file| &file.name), names(left));
    match why {
        NotAttached::Jira(JiraError::Unknown { .. } | JiraError::Malformed { .. }) => {
            format!("{done}. Jira did not confirm {first}; look at {key} before you send {left} again.")
        }
        NotAttached::Jira(_) => format!("{done}, but not {left}: Jira refused {first}."),
        NotAttached::File(_) => format!("{done}, but not {left}: {first} could not be read from this chat."),
    }
}

/// `a.txt, b.txt and c.txt`.
fn names(files: &[IncomingFile]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
