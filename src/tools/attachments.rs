//! `attachments`: lists the files of an issue, and brings the small ones along.

use clap::Args as ClapArgs;
use futures::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{
    File, Text, file_name,
    tree::{Block, Inline},
};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Attachment, Issue},
    replies::{About, Done, FileList, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Attachments;

/// List the files of an issue, and show the small ones
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

/// The most files that are shown.
const SHOWN: usize = 4;
/// The largest file that is shown, in bytes. Every platform takes it.
const LARGEST: u64 = 5_000_000;
/// As many comments are looked through for ones that only a few may read.
const COMMENTS: u32 = 100;

impl Tool for Attachments {
    const NAME: &'static str = "attachments";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { egress: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["GET attachment/content/{id}"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["attachments DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let (issues, site) = (call.jira.issues(), call.jira.site());
        let issue = issues.get_with(&call.args.key, &["attachment"]).await.at(&call)?;
        let files = issue.attachments();
        let url = Some(site.browse_url(&issue.key).to_string());
        if files.is_empty() {
            let done = Done { text: Text::plain(format!("{} has no files.", issue.key)), url };
            return Ok(Outcome::new(Shape::Done(done), show::about(&issue)));
        }
        let small: Vec<&Attachment> = files.iter().filter(|file| file.bytes <= LARGEST).take(SHOWN).collect();
        let (about, contents) =
            futures::join!(about(&call, &issue), join_all(small.iter().map(|file| shown(&call, file))));
        let shown: Vec<File> = contents.into_iter().flatten().collect();
        let mut text = Text::new().paragraph([Inline::text(format!("Files of {}", issue.key))]);
        text = text.block(list(&files, site));
        if let Some(note) = note(files.len(), small.len(), shown.len()) {
            text = text.paragraph([Inline::text(note)]);
        }
        Ok(Outcome::new(Shape::Files(FileList { text, url, files: shown }), about))
    }
}

/// Whose content the files are. One may belong to a comment that only a few may read, and Jira does not say which.
async fn about(call: &Call<Args>, issue: &Issue) -> About {
    let mut about = show::about(issue);
    let comments = call.jira.comments();
    about.restricted |= match comments.list(&issue.key, COMMENTS, None).await {
        Ok(page) => page.next.is_some() || page.items.iter().any(|comment| comment.restricted),
        Err(_) => true,
    };
    about
}

async fn shown(call: &Call<Args>, file: &Attachment) -> Option<File> {
    let content = call.jira.attachments().content(file).await;
    let content = content.inspect_err(|error| tracing::info!(%error, "a file could not be fetched")).ok()?;
    let (name, media_type) = (file_name(&file.name), file.media_type.clone().unwrap_or_default());
    let alt = media_type.starts_with("image/").then(|| name.clone());
    Some(File { name, media_type, alt, content })
}

fn list(files: &[Attachment], site: &crate::jira::Site) -> Block {
    let line = |file: &Attachment| {
        let url = site.attachment_url(file).to_string();
        let name = Inline::Link { url, content: vec![Inline::text(file_name(&file.name))] };
        vec![name, show::file_facts(file).into()]
    };
    show::listed(files.iter().map(line).collect())
}

/// Why not all of them are here.
fn note(all: usize, small: usize, shown: usize) -> Option<String> {
    match (shown, small) {
        _ if shown < small => Some("Not every file could be fetched; open the rest in Jira.".to_owned()),
        (0, _) => Some(format!("Files of more than {} stay in Jira.", show::size(LARGEST))),
        _ if shown < all => Some(format!(
            "Here are the newest of up to {}, {SHOWN} at most; open the rest in Jira.",
            show::size(LARGEST)
        )),
        _ => None,
    }
}
