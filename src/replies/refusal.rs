//! A refusal: which step said no, and what would change it.

use crate::ids::{ProjectKey, ToolName};

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The step of the decision that said no.
    pub step: Step,
    /// What was asked for, if a tool.
    pub tool: Option<ToolName>,
    /// The place's name, such as `#general`, or `direct messages`.
    pub place: String,
    /// The tools that this person may run here.
    pub allowed: Vec<ToolName>,
    /// A command that would really change it, for whoever may run it.
    pub remedy: Option<String>,
}

/// The steps of the decision, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something is switched off.
    Switch {
        /// Who switched it off and since when, as words.
        by: String,
    },
    /// No owner has admitted this workspace.
    Admission,
    /// The configuration forbids it everywhere.
    Ceiling,
    /// The tool waits for review in this workspace.
    Pending,
    /// The tool is blocked in this workspace.
    Blocked,
    /// Nothing grants it to this person here.
    NoGrant,
    /// A grant denies it.
    Denied,
    /// What was granted does not cover this project.
    Project(ProjectKey),
    /// Only administrators of the workspace, or an owner.
    NotAdmin,
    /// Only an owner.
    NotOwner,
    /// Admin commands belong in a workspace.
    NoWorkspace,
}

impl Step {
    /// The step's name in the audit.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Switch { .. } => "switch",
            Self::Admission => "admission",
            Self::Ceiling => "ceiling",
            Self::Pending => "pending",
            Self::Blocked => "blocked",
            Self::NoGrant => "no-grant",
            Self::Denied => "denied",
            Self::Project(_) => "project",
            Self::NotAdmin => "not-admin",
            Self::NotOwner => "not-owner",
            Self::NoWorkspace => "no-workspace",
        }
    }
}
