//! Which status leads to which, and what has to be filled in on the way.
use super::catalog::{
    CLOSED, DONE, IN_PROGRESS, Named, OPEN, READY, RELEASED, REOPENED, RESOLUTIONS, RESOLVED, Status, TO_DO,
};

/// The fields of a transition's screen, and whether they must be filled in.
pub type Screen = &'static [(&'static str, bool)];

/// One way from status to status.
#[derive(Debug, PartialEq, Eq)]
pub struct Transition {
    /// Jira's id, a number as text.
    pub id: &'static str,
    /// What people choose: on Cloud mostly the status's name, on Data Center a verb.
    pub name: &'static str,
    /// Where it leads.
    pub to: &'static Status,
    /// The statuses it starts from; none means from every other one.
    pub from: &'static [&'static Status],
    /// What is asked on the way.
    pub screen: Screen,
    /// The resolution that it sets by itself.
    pub resolution: Option<&'static Named>,
}

/// The life of an issue.
#[derive(Debug, PartialEq, Eq)]
pub struct Workflow {
    /// Its statuses, in board order; the first one is where issues start.
    pub statuses: &'static [&'static Status],
    /// Its transitions.
    pub transitions: &'static [Transition],
}

impl Workflow {
    /// The transitions that leave `status`.
    pub fn leaving(&self, status: &Status) -> impl Iterator<Item = &'static Transition> {
        self.transitions.iter().filter(move |transition| {
            if transition.from.is_empty() {
                transition.to.id != status.id
            } else {
                transition.from.iter().any(|from| from.id == status.id)
            }
        })
    }
}

const fn step(id: &'static str, to: &'static Status) -> Transition {
    Transition { id, name: to.name, to, from: &[], screen: &[], resolution: None }
}

const RESOLVE: Screen = &[("resolution", true), ("assignee", false)];

/// DEMO: two statuses begin with "Re", and releasing asks for a resolution.
pub(crate) static SOFTWARE: Workflow = Workflow {
    statuses: &[&TO_DO, &IN_PROGRESS, &READY, &RELEASED, &DONE],
    transitions: &[
        step("11", &TO_DO),
        step("21", &IN_PROGRESS),
        step("31", &READY),
        Transition { screen: RESOLVE, ..step("41", &RELEASED) },
        Transition { resolution: Some(&RESOLUTIONS[0]), ..step("51", &DONE) },
    ],
};

/// WEB: like DEMO, but Done asks for a resolution as well.
pub(crate) static STRICT: Workflow = Workflow {
    statuses: SOFTWARE.statuses,
    transitions: &[
        step("11", &TO_DO),
        step("21", &IN_PROGRESS),
        step("31", &READY),
        Transition { from: &[&READY, &DONE], resolution: Some(&RESOLUTIONS[0]), ..step("41", &RELEASED) },
        Transition { screen: RESOLVE, ..step("51", &DONE) },
    ],
};

/// HR and LAB: three statuses and nothing else.
pub(crate) static SIMPLE: Workflow = Workflow {
    statuses: &[&TO_DO, &IN_PROGRESS, &DONE],
    transitions: &[
        step("11", &TO_DO),
        step("21", &IN_PROGRESS),
        Transition { resolution: Some(&RESOLUTIONS[0]), ..step("31", &DONE) },
    ],
};

/// Data Center's classic workflow, whose transitions are verbs.
pub(crate) static CLASSIC: Workflow = Workflow {
    statuses: &[&OPEN, &IN_PROGRESS, &REOPENED, &RESOLVED, &CLOSED],
    transitions: &[
        Transition { name: "Start Progress", from: &[&OPEN, &REOPENED], ..step("4", &IN_PROGRESS) },
        Transition { name: "Stop Progress", from: &[&IN_PROGRESS], ..step("301", &OPEN) },
        Transition {
            name: "Resolve Issue",
            from: &[&OPEN, &IN_PROGRESS, &REOPENED],
            screen: RESOLVE,
            ..step("5", &RESOLVED)
        },
        Transition {
            name: "Close Issue",
            from: &[&OPEN, &IN_PROGRESS, &REOPENED],
            screen: RESOLVE,
            ..step("2", &CLOSED)
        },
        Transition { name: "Close Issue", from: &[&RESOLVED], ..step("701", &CLOSED) },
        Transition { name: "Reopen Issue", from: &[&RESOLVED, &CLOSED], ..step("3", &REOPENED) },
    ],
};
