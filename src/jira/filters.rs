//! Reads saved filters. What a filter finds is asked for through [`Search`](super::Search), as any other search.

use serde::Deserialize;

use super::{Client, FilterId, send::Request};
use crate::{error::JiraError, ids::SiteKind};

/// Saved filters.
#[derive(Debug, Clone, Copy)]
pub struct Filters<'a>(pub(super) &'a Client);

/// A saved filter. It is a person's own, whatever it searches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Filter {
    /// Its id.
    pub id: FilterId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it searches, as it was saved.
    #[serde(default)]
    pub jql: String,
    /// Whether whoever asks has marked it with a star.
    #[serde(default)]
    pub favourite: bool,
}

impl Filters<'_> {
    /// The filters of whoever asks: their own and their favourites on Cloud, their favourites on Data Center, which lists
    /// no others. Source: `GET /filter/my`, `GET /filter/favourite`.
    pub async fn mine(&self) -> Result<Vec<Filter>, JiraError> {
        match self.0.site().kind {
            SiteKind::Cloud => self.0.read(Request::get(&["filter", "my"]).query("includeFavourites", true)).await,
            SiteKind::DataCenter => self.0.read(Request::get(&["filter", "favourite"])).await,
        }
    }

    /// One filter. Source: `GET /filter/{id}`.
    pub async fn get(&self, id: &FilterId) -> Result<Filter, JiraError> {
        self.0.read(Request::get(&["filter", id.as_str()])).await
    }
}
