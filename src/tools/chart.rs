//! `chart`: numbers about issues and sprints as a picture, and as words for whoever cannot see it.

use bytes::Bytes;
use clap::{Args as ClapArgs, ValueEnum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{File, Text};

use super::{Call, Family, On, Source, Tool, Touches, counting, pacing};
use crate::{
    charts::Chart as Picture,
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::FOLLOW_SPRINTS,
    replies::{About, FileList, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Chart;

/// Draw a chart of issues or sprints
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Which chart
    pub kind: Kind,
    /// Words and filters, or JQL after jql:, as in find. For burndown and velocity the board's name
    pub words: Option<String>,
    /// Only in this project
    #[arg(long, value_name = "PROJECT")]
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// Over how many days, at most 60; without it 30
    #[arg(long, value_name = "NUMBER")]
    pub days: Option<u32>,
    /// Which sprint to burn down; without it the running one
    #[arg(long, value_name = "SPRINT")]
    pub sprint: Option<String>,
}

/// The charts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Issues by status.
    Status,
    /// Issues by assignee.
    Assignee,
    /// Issues created and resolved, day by day.
    CreatedVsResolved,
    /// What is left of a sprint, day by day.
    Burndown,
    /// What the last sprints took on and did.
    Velocity,
}

/// A chart, and all that is said of it.
pub struct Drawing {
    /// The picture; none where there is nothing to see.
    pub picture: Option<Picture>,
    /// The same as words.
    pub text: Text,
    /// One sentence in place of the picture.
    pub alt: String,
    /// Whose content it is.
    pub about: About,
    /// What one may want next.
    pub offers: Vec<Offer>,
}

impl Tool for Chart {
    const NAME: &'static str = "chart";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &[
        "POST search/jql",
        "POST search",
        "POST changelog/bulkfetch",
        "GET agile/1.0/board/{id}/sprint",
        "GET agile/1.0/board/{id}/configuration",
    ];
    const SCOPES: &'static [&'static str] = FOLLOW_SPRINTS;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &[
        "chart status in DEMO",
        "chart assignee in DEMO status:open",
        "chart created-vs-resolved in DEMO --days 14",
        "chart burndown DEMO board",
        "chart velocity DEMO board",
    ];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("in", "project")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] =
        &[("project", Source::Project), ("sprint", Source::AnySprint), ("words", Source::Charted)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On { subject: None, ..On::project(args.project.as_ref()) }
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let drawn = match call.args.kind {
            Kind::Status | Kind::Assignee => counting::split(&call).await?,
            Kind::CreatedVsResolved => counting::created_and_resolved(&call).await?,
            Kind::Burndown => pacing::burndown(&call).await?,
            Kind::Velocity => pacing::velocity(&call).await?,
        };
        let Drawing { picture, text, alt, about, offers } = match drawn {
            Ok(drawing) => drawing,
            Err(question) => return Ok(*question),
        };
        let files = match picture {
            Some(picture) => file(picture, alt).await.into_iter().collect(),
            None => Vec::new(),
        };
        Ok(Outcome::new(Shape::Files(FileList { text, url: None, files }), about).offering(offers))
    }
}

/// The picture as a file. Drawing takes so long that others would wait for it. Without it the words say everything.
async fn file(picture: Picture, alt: String) -> Option<File> {
    let drawn = tokio::task::spawn_blocking(move || picture.png()).await;
    let content = match drawn {
        Ok(Ok(content)) => Bytes::from(content),
        Ok(Err(error)) => {
            tracing::error!(%error, "a chart is sent without its picture");
            return None;
        }
        Err(error) => {
            tracing::error!(%error, "a chart is sent without its picture");
            return None;
        }
    };
    Some(File { name: "chart.png".to_owned(), media_type: "image/png".to_owned(), alt: Some(alt), content })
}
