//! Why one person may or may not use one tool in one place, and what would change it.

use usher_chat::tree::Inline;

use super::{
    AskFor,
    decide::{Denial, Question, Verdict, decide, matching},
    policy::FLAGGED,
    profile::Profile,
    remedy::{self, Fix},
    rules::Effect,
    snapshot::Snapshot,
};
use crate::replies::{Step, error::marked};

/// The answer in words. `place` is the place's name.
pub(super) fn explain(snapshot: &Snapshot, question: &Question<'_>, place: Inline) -> Vec<Inline> {
    let who = Profile::Person(question.person.clone()).label();
    if !question.member.member.present {
        return vec!["No: ".into(), who, " is not in this workspace.".into()];
    }
    match decide(snapshot, question) {
        Verdict::Deny(Denial { step: Step::Switch(stopped), .. }) => {
            let mut words = vec!["No: ".into()];
            words.extend(stopped.words());
            words.extend(marked(&would(&remedy::cure(snapshot, question))));
            words
        }
        Verdict::Deny(denial) => {
            let fixes = remedy::cure(snapshot, question);
            let mut words = vec!["No: ".into()];
            words.extend(reason(&denial, question, place));
            words.extend(marked(&would(&fixes)));
            words
        }
        verdict => {
            let lead = match verdict {
                Verdict::Ask(AskFor::Confirm, _) => "Yes, after a press that confirms it: ",
                Verdict::Ask(AskFor::Second, _) => "Yes, once a second person agrees: ",
                _ => "Yes: ",
            };
            let mut words = vec![lead.into(), who];
            words.extend(marked(&format!(" may use `{}` in ", question.tool)));
            words.push(place);
            words.extend(marked(&format!("{}.", because(snapshot, question))));
            words.extend(flagged(snapshot, question).map(Inline::from));
            words
        }
    }
}

fn reason(denial: &Denial, question: &Question<'_>, place: Inline) -> Vec<Inline> {
    let tool = question.tool;
    let nothing = |what: String| {
        let mut words = marked(&what);
        words.extend([place, ".".into()]);
        words
    };
    let words = match (&denial.step, &denial.rule) {
        (Step::Ceiling, _) => format!("the owner's configuration forbids `{tool}` everywhere."),
        (Step::Pending, _) => format!("`{tool}` is waiting for review."),
        (Step::Blocked, _) => format!("`{tool}` is blocked in this workspace."),
        (Step::Denied, Some(key)) => format!("`{}` is in the way.", key.denying()),
        (Step::Project(project), Some(key)) => format!("`{}` keeps {project} out.", key.denying()),
        (Step::Project(project), None) => return nothing(format!("nothing grants `{tool}` on {project} in ")),
        (Step::Admission, _) => "nobody has admitted this workspace.".to_owned(),
        _ => return nothing(format!("nothing grants `{tool}` in ")),
    };
    marked(&words)
}

fn would(fixes: &[Fix]) -> String {
    match fixes {
        [] => String::new(),
        [one] => format!(" `{one}` would change that."),
        several => {
            let commands: Vec<String> = several.iter().map(|fix| format!("`{fix}`")).collect();
            format!(" {} would change that.", commands.join(" and then "))
        }
    }
}

/// What else there is to know of the tool.
fn flagged<'a>(snapshot: &'a Snapshot, question: &Question<'_>) -> impl Iterator<Item = String> + use<'a> {
    let flags = snapshot.ground.tools.get(question.tool).map(|facts| facts.flags);
    FLAGGED
        .iter()
        .filter(move |(flag, _)| flags.is_some_and(|flags| flags.has(flag)))
        .map(|(_, words)| format!(" {words}."))
}

/// The rules that allow it.
fn because(snapshot: &Snapshot, question: &Question<'_>) -> String {
    let rules = question.place.workspace().and_then(|workspace| snapshot.rules(workspace));
    let (Some(rules), Some(channel)) = (rules, question.place.channel_id()) else { return String::new() };
    let allowing = matching(rules, channel, question)
        .filter(|rule| rule.effect == Effect::Allow)
        .filter(|rule| question.projects.iter().all(|project| rule.covers(project)))
        .take(3)
        .map(|rule| format!("`{rule}`"));
    let except = matching(rules, channel, question)
        .filter(|rule| rule.effect == Effect::Deny)
        .take(3)
        .map(|rule| format!("`{rule}`"));
    let (allowing, except): (Vec<_>, Vec<_>) = (allowing.collect(), except.collect());
    let except = if except.is_empty() { String::new() } else { format!(", less {}", except.join(" and ")) };
    format!(", through {}{except}", allowing.join(" and "))
}
