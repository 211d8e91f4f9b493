//! One configured Jira: where it is asked, and where its pages are.

use url::Url;

use super::{Attachment, FilterId};
use crate::ids::{IssueKey, ProjectKey, SiteId, SiteKind};

/// One configured Jira.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its id in the configuration.
    pub id: SiteId,
    /// Cloud or Data Center.
    pub kind: SiteKind,
    /// Where people open issues.
    pub browse: Url,
    /// Where its interface lives. Cloud: `{api_url}/ex/jira/{cloudId}`; Data Center: the base URL with its context path.
    pub api: Url,
}

/// Below what an address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    /// The REST interface.
    Rest,
    /// The REST interface of boards and sprints.
    Agile,
    /// What Cloud has in its place for some of it.
    Software,
    /// The interface of service projects.
    ServiceDesk,
    /// The site's base: what Data Center has outside that interface.
    Root,
}

impl Site {
    /// A Cloud site, asked through the gateway at `gateway` (`https://api.atlassian.com`).
    pub fn cloud(id: SiteId, browse: Url, gateway: &Url, cloud_id: &str) -> Self {
        Self { id, kind: SiteKind::Cloud, browse, api: join(gateway, &["ex", "jira", cloud_id]) }
    }

    /// A Data Center site at `base`, context path included.
    pub fn data_center(id: SiteId, base: Url) -> Self {
        Self { id, kind: SiteKind::DataCenter, browse: base.clone(), api: base }
    }

    /// Jira's own page for moving an issue elsewhere.
    pub fn move_url(&self, key: &IssueKey) -> Url {
        let mut url = join(&self.browse, &["secure", "MoveIssue!default.jspa"]);
        url.query_pairs_mut().append_pair("key", &key.to_string());
        url
    }

    /// Where a person opens an issue.
    pub fn browse_url(&self, key: &IssueKey) -> Url {
        join(&self.browse, &["browse", &key.to_string()])
    }

    /// Where a person opens a project.
    pub fn project_url(&self, key: &ProjectKey) -> Url {
        join(&self.browse, &["browse", key.as_str()])
    }

    /// Where a person opens a saved filter.
    pub fn filter_url(&self, filter: &FilterId) -> Url {
        let mut url = join(&self.browse, &["issues", ""]);
        url.query_pairs_mut().append_pair("filter", filter.as_str());
        url
    }

    /// Where a person opens a file.
    pub fn attachment_url(&self, file: &Attachment) -> Url {
        join(&self.browse, &["secure", "attachment", file.id.as_str(), &file.name])
    }

    /// The address of a resource.
    pub(super) fn resource(&self, under: Under, path: &[&str]) -> Url {
        match under {
            Under::Rest => self.rest(path),
            Under::Agile => join(&self.api, &[&["rest", "agile", "1.0"], path].concat()),
            Under::Software => join(&self.api, &[&["rest", "software", "1.0"], path].concat()),
            Under::ServiceDesk => join(&self.api, &[&["rest", "servicedeskapi"], path].concat()),
            Under::Root => join(&self.api, path),
        }
    }

    /// The address of a REST resource.
    pub(super) fn rest(&self, path: &[&str]) -> Url {
        let version = match self.kind {
            SiteKind::Cloud => "3",
            SiteKind::DataCenter => "2",
        };
        let mut all = vec!["rest", "api", version];
        all.extend_from_slice(path);
        join(&self.api, &all)
    }
}

/// Appends segments, each percent-encoded. A query or fragment of the base is dropped.
pub(super) fn join(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_are_built_from_the_configured_base() {
        let acme = Site::cloud(
            "acme".parse().unwrap(),
            url("https://acme.atlassian.net/"),
            &url("https://api.atlassian.com"),
            "18cd6e54",
        );
        assert_eq!(
            acme.rest(&["issue", "WEB-1"]).as_str(),
            "https://api.atlassian.com/ex/jira/18cd6e54/rest/api/3/issue/WEB-1"
        );
        assert_eq!(acme.browse_url(&"web-1".parse().unwrap()).as_str(), "https://acme.atlassian.net/browse/WEB-1");

        let corp = Site::data_center("corp".parse().unwrap(), url("https://corp.example:8443/jira/"));
        assert_eq!(corp.rest(&["myself"]).as_str(), "https://corp.example:8443/jira/rest/api/2/myself");
        assert_eq!(corp.browse_url(&"OPS-2".parse().unwrap()).as_str(), "https://corp.example:8443/jira/browse/OPS-2");
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let corp = Site::data_center("corp".parse().unwrap(), url("https://corp.example/jira"));
        for nasty in ["../../admin", "a/b", "a?b=c", "a#b", "%2e%2e", "\\..\\x", "a\0b"] {
            let built = corp.rest(&["issue", nasty, "end"]);
            assert_eq!(built.host_str(), Some("corp.example"), "{nasty}");
            assert!(built.path().starts_with("/jira/rest/api/2/issue/"), "{nasty}: {built}");
            assert!(built.path().ends_with("/end"), "{nasty}: {built}");
            assert_eq!((built.query(), built.fragment()), (None, None), "{nasty}");
        }
    }
}
