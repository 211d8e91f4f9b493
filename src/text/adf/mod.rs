//! The Atlassian Document Format (ADF), in which Jira Cloud keeps rich text.
//! Source: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/> and the JSON schema of npm
//! package `@atlaskit/adf-schema`.

mod inline;
mod read;
mod write;

pub use read::from_adf;
pub use write::to_adf;
