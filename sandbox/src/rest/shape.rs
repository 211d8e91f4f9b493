//! How people, projects, statuses and the like look in answers.
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::world::{
    Attachment, Comment, IssueType, Named, Person, PersonId, Project, Site, Sprint, Status, Visibility, Worklog,
};

/// The world as one person sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub site: &'a Site,
    pub people: &'a [Person],
    pub me: &'a Person,
}

/// `2026-11-20T14:03:22.000+0000`.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
}

/// An avatar that nobody fetches.
pub(crate) fn avatar(name: &str, size: u16) -> String {
    let initials: String = name.split(' ').filter_map(|word| word.chars().next()).collect();
    format!("https://avatar-management.invalid/initials/{initials}-5.png?size={size}&s={size}")
}

impl View<'_> {
    pub fn person(&self, id: &PersonId) -> &Person {
        // Whatever the world stores as a person is one of its people.
        self.people.iter().find(|person| person.id == *id).unwrap_or(self.me)
    }

    pub fn user_by_id(&self, id: &PersonId) -> Value {
        self.user(self.person(id))
    }

    pub fn user(&self, person: &Person) -> Value {
        let mut user = Map::new();
        let mut put = |name: &str, value: Value| user.insert(name.to_owned(), value);
        let avatars = json!({
            "48x48": avatar(&person.name, 48),
            "24x24": avatar(&person.name, 24),
            "16x16": avatar(&person.name, 16),
            "32x32": avatar(&person.name, 32),
        });
        if self.site.is_cloud() {
            put("self", format!("{}/user?accountId={}", self.site.api, person.account_id).into());
            put("accountId", person.account_id.as_str().into());
            put("avatarUrls", avatars);
            put("displayName", person.name.as_str().into());
            put("active", true.into());
            put("timeZone", "Etc/UTC".into());
            put("accountType", "atlassian".into());
        } else {
            put("self", format!("{}/user?username={}", self.site.api, person.dc_name).into());
            put("name", person.dc_name.as_str().into());
            put("key", person.dc_key.as_str().into());
            put("emailAddress", person.email.as_str().into());
            put("avatarUrls", avatars);
            put("displayName", person.name.as_str().into());
            put("active", true.into());
            put("timeZone", "Etc/UTC".into());
        }
        Value::Object(user)
    }

    /// What names a person in this site's interface: the account id, or the user name.
    pub fn user_key<'p>(&self, person: &'p Person) -> &'p str {
        if self.site.is_cloud() { &person.account_id } else { &person.dc_name }
    }

    pub fn status(&self, status: &Status) -> Value {
        let (id, key, name, color) = status.category.parts();
        json!({
            "self": format!("{}/status/{}", self.site.api, status.id),
            "description": "",
            "iconUrl": format!("{}/images/icons/statuses/generic.png", self.site.url),
            "name": status.name,
            "id": status.id,
            "statusCategory": {
                "self": format!("{}/statuscategory/{id}", self.site.api),
                "id": id,
                "key": key,
                "colorName": color,
                "name": name,
            },
        })
    }

    pub fn named(&self, kind: &str, one: &Named) -> Value {
        json!({"self": format!("{}/{kind}/{}", self.site.api, one.id), "name": one.name, "id": one.id})
    }

    pub fn priority(&self, one: &Named) -> Value {
        json!({
            "self": format!("{}/priority/{}", self.site.api, one.id),
            "iconUrl": format!("{}/images/icons/priorities/{}.svg", self.site.url, one.name.to_ascii_lowercase()),
            "name": one.name,
            "id": one.id,
        })
    }

    pub fn issue_type(&self, one: &IssueType) -> Value {
        let mut value = json!({
            "self": format!("{}/issuetype/{}", self.site.api, one.id),
            "id": one.id,
            "description": one.description,
            "iconUrl": format!("{}/images/icons/issuetypes/{}.svg", self.site.url, one.id),
            "name": one.name,
            "subtask": one.subtask,
            "avatarId": 10300,
        });
        if self.site.is_cloud() {
            value["hierarchyLevel"] = one.level.into();
        }
        value
    }

    /// The project as it stands in issues and lists.
    pub fn project(&self, project: &Project) -> Value {
        let avatar = |size: &str| format!("{}/secure/projectavatar?size={size}&pid={}", self.site.url, project.id);
        let mut value = json!({
            "self": format!("{}/project/{}", self.site.api, project.id),
            "id": project.id.to_string(),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": if self.site.desks.iter().any(|desk| self.site.projects[desk.project].id == project.id) { "service_desk" } else { "software" },
            "avatarUrls": {
                "48x48": avatar("large"),
                "24x24": avatar("small"),
                "16x16": avatar("xsmall"),
                "32x32": avatar("medium"),
            },
        });
        if self.site.is_cloud() {
            value["simplified"] = false.into();
        }
        value
    }

    pub fn comment(&self, issue: u64, comment: &Comment) -> Value {
        let mut value = json!({
            "self": format!("{}/issue/{issue}/comment/{}", self.site.api, comment.id),
            "id": comment.id.to_string(),
            "author": self.user_by_id(&comment.author),
            "body": comment.body.to_json(),
            "updateAuthor": self.user_by_id(&comment.editor),
            "created": time(comment.created),
            "updated": time(comment.updated),
        });
        self.add_visibility(&mut value, comment.visibility.as_ref());
        let served = self.site.issues.get(&issue).is_some_and(|issue| {
            let project = self.site.project_of(issue).id;
            self.site.desks.iter().any(|desk| self.site.projects[desk.project].id == project)
        });
        if self.site.is_cloud() || served {
            let internal = comment
                .properties
                .iter()
                .any(|one| one["key"] == "sd.public.comment" && one["value"]["internal"] == true);
            value["jsdPublic"] = (!internal).into();
        }
        value
    }

    pub fn worklog(&self, issue: u64, worklog: &Worklog) -> Value {
        let mut value = json!({
            "self": format!("{}/issue/{issue}/worklog/{}", self.site.api, worklog.id),
            "author": self.user_by_id(&worklog.author),
            "updateAuthor": self.user_by_id(&worklog.author),
        });
        if let Some(comment) = &worklog.comment {
            value["comment"] = comment.to_json();
        }
        value["created"] = time(worklog.created).into();
        value["updated"] = time(worklog.updated).into();
        self.add_visibility(&mut value, worklog.visibility.as_ref());
        value["started"] = time(worklog.started).into();
        value["timeSpent"] = super::values::pretty_duration(worklog.seconds).into();
        value["timeSpentSeconds"] = worklog.seconds.into();
        value["id"] = worklog.id.to_string().into();
        value["issueId"] = issue.to_string().into();
        value
    }

    fn add_visibility(&self, value: &mut Value, visibility: Option<&Visibility>) {
        let (kind, name) = match visibility {
            None => return,
            Some(Visibility::Role(role)) => ("role", role.name()),
            Some(Visibility::Group(group)) => ("group", group.as_str()),
        };
        value["visibility"] = json!({"type": kind, "value": name});
        if self.site.is_cloud() {
            value["visibility"]["identifier"] = name.into();
        }
    }

    pub fn attachment(&self, attachment: &Attachment) -> Value {
        let cloud = self.site.is_cloud();
        let content = if cloud {
            format!("{}/attachment/content/{}", self.site.api, attachment.id)
        } else {
            let name = percent_encoding::utf8_percent_encode(&attachment.name, percent_encoding::NON_ALPHANUMERIC);
            format!("{}/secure/attachment/{}/{name}", self.site.url, attachment.id)
        };
        json!({
            "self": format!("{}/attachment/{}", self.site.api, attachment.id),
            "id": attachment.id.to_string(),
            "filename": attachment.name,
            "author": self.user_by_id(&attachment.author),
            "created": time(attachment.created),
            "size": attachment.content.len(),
            "mimeType": attachment.mime,
            "content": content,
        })
    }

    pub fn sprint(&self, sprint: &Sprint) -> Value {
        let mut value = json!({
            "id": sprint.id,
            "name": sprint.name,
            "state": sprint.state.name(),
            "boardId": sprint.board,
            "goal": sprint.goal,
        });
        for (name, at) in [("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.completed)] {
            if let Some(at) = at {
                value[name] = at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string().into();
            }
        }
        value
    }
}
