//! What went wrong, in one or two sentences: what happened, and what to do next. Never the error's own text.

use usher_chat::{Text, tree::Inline};

use super::Draft;
use crate::{
    error::{Error, JiraError},
    ids::{Access, IssueKey, ProjectKey, Reference, SiteId},
};

/// What was being done when it went wrong.
#[derive(Debug, Clone, Default)]
pub struct Doing {
    /// The thing it was about, such as `WEB-12`.
    pub subject: Option<String>,
    /// What the tool may do; absent outside tools.
    pub access: Option<Access>,
    /// The host of the site, such as `acme.atlassian.net`.
    pub host: Option<String>,
}

/// The reply for an error. Only the asker sees it.
pub fn error(error: &Error, doing: &Doing, reference: &Reference) -> Draft {
    match error {
        Error::User { message, hint } => Draft::private(sentences(message, hint.as_deref())),
        Error::Jira { site, error } => jira(site, error, doing),
        Error::Internal(_) => Draft::private(broken(doing, reference)),
    }
}

fn jira(site: &SiteId, error: &JiraError, doing: &Doing) -> Draft {
    let host = doing.host.clone().unwrap_or_else(|| site.to_string());
    let subject = doing.subject.clone();
    let words = match error {
        JiraError::NotFound { .. } => match subject {
            Some(subject) => format!("{subject} does not exist, or your Jira account may not see it."),
            None => format!("{host} has no such thing, or your Jira account may not see it."),
        },
        JiraError::Forbidden { messages } => said(
            &match subject {
                Some(subject) => format!("Your Jira account may not do this to {subject}."),
                None => format!("Your Jira account may not do this on {host}."),
            },
            messages,
        ),
        JiraError::Invalid { messages, fields } => {
            let mut all = messages.clone();
            all.extend(fields.iter().map(|(field, sentence)| format!("{field}: {sentence}")));
            match doing.access {
                Some(Access::Read) => said("Jira did not accept this.", &all),
                _ => said("Jira did not accept this, and nothing was changed.", &all),
            }
        }
        JiraError::Conflict { messages } => {
            said("Somebody changed this at the same moment, so Jira refused. Look at it again and retry.", messages)
        }
        JiraError::Unauthorized => {
            let link = super::Offer::mine("Link again", super::Deed::Line(format!("connect {site}")));
            return Draft::private(format!(
                "{host} does not accept your link any more. Everything you set up is kept."
            ))
            .offer(link);
        }
        JiraError::Doubted => {
            let link = super::Offer::mine("Link again", super::Deed::Line(format!("connect {site}")));
            return Draft::private(format!(
                "{host} says to many people at once that their links are over, which may be a fault of its own. Yours is \
                 kept; try again in a few minutes, or link again."
            ))
            .offer(link);
        }
        JiraError::ScopeMissing { needs } => {
            let link = super::Offer::mine("Link again", super::Deed::Line(format!("connect {site}")));
            return Draft::private(marked(&lacks(&host, needs))).offer(link);
        }
        JiraError::OutOfScope { project } => match subject.filter(|subject| moved(subject, project)) {
            Some(subject) => format!("{subject} is in {project} now, and {project} may not be used here."),
            None => format!("{project} is not among the projects that you may use here."),
        },
        JiraError::RateLimited { retry_after } => match retry_after {
            Some(wait) => {
                format!("{host} asks for a pause. Try again in {}.", seconds(wait.as_secs().max(1)))
            }
            None => format!("{host} asks for a pause. Try again in a minute."),
        },
        JiraError::Away { .. } => format!("{host} is not answering. Nothing was changed; try again in a few minutes."),
        JiraError::Unknown { .. } => match subject {
            Some(subject) => {
                format!(
                    "Jira did not confirm this, so it may or may not have happened. Look at {subject} before you try again."
                )
            }
            None => {
                "Jira did not confirm this, so it may or may not have happened. Look before you try again.".to_owned()
            }
        },
        JiraError::TooLarge => "That is more than Jira takes. Shorten it and try again.".to_owned(),
        JiraError::Malformed { .. } if doing.access.is_some_and(|access| access != Access::Read) => {
            format!(
                "{host} answered with something that is not Jira, so this may or may not have happened. Look before you try again."
            )
        }
        JiraError::Malformed { .. } => {
            format!(
                "{host} answered with something that is not Jira, perhaps a login or maintenance page. Try again in a few minutes."
            )
        }
        JiraError::ClockSkew => {
            format!("The clocks of Usher and {host} differ by more than five minutes. Tell whoever runs Usher.")
        }
        JiraError::AppRejected { .. } => {
            format!("{host} does not accept Usher's application link. Tell whoever runs Usher; your own link is kept.")
        }
    };
    Draft::private(words)
}

/// A link lacks a right. Those that every link has were not asked for when it was made; the others only where the site's
/// `scopes` name them.
fn lacks(host: &str, needs: &[&str]) -> String {
    let scopes: Vec<String> = needs.iter().map(|scope| format!("`{scope}`")).collect();
    match scopes.as_slice() {
        [] => format!("Your link to {host} was made before Usher asked for this right. Link again to add it."),
        [scope] => format!(
            "This needs the scope {scope}, which your link to {host} does not have. Once whoever runs Usher has added it \
             to the site's `scopes`, link again."
        ),
        scopes => format!(
            "This needs the scopes {}, and your link to {host} does not have them all. Once whoever runs Usher has added \
             them to the site's `scopes`, link again.",
            scopes.join(" and ")
        ),
    }
}

/// Whether an issue's old key was asked for.
fn moved(subject: &str, project: &ProjectKey) -> bool {
    subject.parse::<IssueKey>().is_ok_and(|key| key.project() != project)
}

fn said(fact: &str, messages: &[String]) -> String {
    let mut words = fact.to_owned();
    for message in messages.iter().filter(|message| !message.trim().is_empty()).take(5) {
        words.push(' ');
        words.push_str(message.trim());
        if !message.trim_end().ends_with(['.', '!', '?']) {
            words.push('.');
        }
    }
    words
}

fn sentences(message: &str, hint: Option<&str>) -> Text {
    let mut content = marked(message);
    if let Some(hint) = hint {
        content.push(" ".into());
        content.extend(marked(hint));
    }
    content.into()
}

/// Our own sentences write commands between backticks; this makes them fixed-width words of the tree.
pub fn marked(sentence: &str) -> Vec<Inline> {
    sentence
        .split('`')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(index, part)| if index % 2 == 1 { Inline::code(part) } else { Inline::text(part) })
        .collect()
}

fn broken(doing: &Doing, reference: &Reference) -> String {
    match doing.access {
        Some(Access::Write | Access::Destructive) => {
            format!("Something broke on our side (ref {reference}). Look at Jira before you try again.")
        }
        Some(Access::Read) => format!("Something broke on our side (ref {reference}). Nothing was changed."),
        // It may have been a command of another kind, done already, of which nothing could be told.
        None => format!(
            "Something broke on our side (ref {reference}). If it was to change something, look before you try again."
        ),
    }
}

pub(super) fn seconds(seconds: u64) -> String {
    match seconds {
        1 => "a second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn words(error: JiraError, doing: &Doing) -> String {
        let site = "acme".parse().unwrap();
        super::error(&error.at(&site), doing, &Reference("K7Q2".into())).text.to_plain()
    }

    #[test]
    fn each_refusal_says_what_happened_and_what_to_do() {
        let doing = Doing {
            subject: Some("WEB-12".into()),
            access: Some(Access::Write),
            host: Some("acme.atlassian.net".into()),
        };
        let detail = || "secret detail".to_owned();
        let all = [
            JiraError::NotFound { messages: vec!["Issue does not exist".into()] },
            JiraError::Forbidden { messages: vec![] },
            JiraError::Invalid { messages: vec![], fields: vec![("summary".into(), "Too long".into())] },
            JiraError::Conflict { messages: vec![] },
            JiraError::Unauthorized,
            JiraError::ScopeMissing { needs: &[] },
            JiraError::ScopeMissing { needs: &["read:sprint:jira-software"] },
            JiraError::ScopeMissing { needs: &["read:board-scope:jira-software", "read:project:jira"] },
            JiraError::OutOfScope { project: "HR".parse().unwrap() },
            JiraError::RateLimited { retry_after: Some(Duration::from_secs(30)) },
            JiraError::RateLimited { retry_after: None },
            JiraError::Away { detail: detail() },
            JiraError::Unknown { detail: detail() },
            JiraError::Doubted,
            JiraError::TooLarge,
            JiraError::Malformed { detail: detail() },
            JiraError::ClockSkew,
            JiraError::AppRejected { problem: "consumer_key_unknown".into() },
        ]
        .map(|error| words(error, &doing))
        .join("\n");
        assert!(!all.contains("secret"));
        insta::assert_snapshot!(all, @r"
        WEB-12 does not exist, or your Jira account may not see it.
        Your Jira account may not do this to WEB-12.
        Jira did not accept this, and nothing was changed. summary: Too long.
        Somebody changed this at the same moment, so Jira refused. Look at it again and retry.
        acme.atlassian.net does not accept your link any more. Everything you set up is kept.
        Your link to acme.atlassian.net was made before Usher asked for this right. Link again to add it.
        This needs the scope read:sprint:jira-software, which your link to acme.atlassian.net does not have. Once whoever runs Usher has added it to the site's scopes, link again.
        This needs the scopes read:board-scope:jira-software and read:project:jira, and your link to acme.atlassian.net does not have them all. Once whoever runs Usher has added them to the site's scopes, link again.
        WEB-12 is in HR now, and HR may not be used here.
        acme.atlassian.net asks for a pause. Try again in 30 seconds.
        acme.atlassian.net asks for a pause. Try again in a minute.
        acme.atlassian.net is not answering. Nothing was changed; try again in a few minutes.
        Jira did not confirm this, so it may or may not have happened. Look at WEB-12 before you try again.
        acme.atlassian.net says to many people at once that their links are over, which may be a fault of its own. Yours is kept; try again in a few minutes, or link again.
        That is more than Jira takes. Shorten it and try again.
        acme.atlassian.net answered with something that is not Jira, so this may or may not have happened. Look before you try again.
        The clocks of Usher and acme.atlassian.net differ by more than five minutes. Tell whoever runs Usher.
        acme.atlassian.net does not accept Usher's application link. Tell whoever runs Usher; your own link is kept.
        ");
    }

    #[test]
    fn what_is_our_fault_carries_a_reference_and_no_detail() {
        let fault = Error::internal(std::io::Error::other("disk on fire"));
        let text = |doing: &Doing| error(&fault, doing, &Reference("K7Q2".into())).text.to_plain();
        insta::assert_snapshot!(text(&Doing::default()), @"Something broke on our side (ref K7Q2). If it was to change something, look before you try again.");
        let reading = Doing { access: Some(Access::Read), ..Doing::default() };
        insta::assert_snapshot!(text(&reading), @"Something broke on our side (ref K7Q2). Nothing was changed.");
        let writing = Doing { access: Some(Access::Write), ..Doing::default() };
        insta::assert_snapshot!(text(&writing), @"Something broke on our side (ref K7Q2). Look at Jira before you try again.");
    }

    #[test]
    fn commands_in_our_sentences_become_fixed_width_words() {
        assert_eq!(marked("Try `jira find`."), [Inline::text("Try "), Inline::code("jira find"), Inline::text(".")]);
    }
}
