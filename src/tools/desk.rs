//! Service projects as they are named in a command.

use super::{At, Call};
use crate::{error::Error, ids::ProjectKey, jira::Desk};

/// The service desk of a project.
///
/// # Errors
/// What Jira says, or that the project serves no customers.
pub async fn of<A>(call: &Call<A>, project: &ProjectKey) -> Result<Desk, Error> {
    let found = call.jira.desks().of(project).await.at(call)?;
    found.ok_or_else(|| Error::user(format!("{project} serves no customers that your Jira account knows of.")))
}
