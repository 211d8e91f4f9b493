//! The custom fields of the sandbox's sites.

/// A custom field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// `customfield_10042`.
    pub id: &'static str,
    /// The number in the id, for `cf[10042]`.
    pub number: u64,
    /// `Browser`.
    pub name: &'static str,
    /// What it holds.
    pub kind: CustomKind,
    /// What may be chosen.
    pub options: &'static [OptionValue],
}

/// A value to choose.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionValue {
    /// Jira's id.
    pub id: &'static str,
    /// What people read.
    pub value: &'static str,
}

/// What a custom field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomKind {
    /// One line.
    Text,
    /// Long text: ADF on Cloud, wiki markup on Data Center.
    TextArea,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// A link.
    Url,
    /// One of the options.
    Select,
    /// Some of the options.
    MultiSelect,
    /// A person.
    User,
    /// Several people.
    MultiUser,
    /// Words without blanks.
    Labels,
    /// A sprint.
    Sprint,
    /// The key of an epic.
    EpicLink,
    /// A group of people.
    Group,
    /// Several groups.
    MultiGroup,
    /// A team: the field's value is its id.
    Team,
}

impl CustomKind {
    /// Jira's schema: type, items, and the key of the custom field type.
    pub fn schema(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Self::Text => ("string", None, "com.atlassian.jira.plugin.system.customfieldtypes:textfield"),
            Self::TextArea => ("string", None, "com.atlassian.jira.plugin.system.customfieldtypes:textarea"),
            Self::Number => ("number", None, "com.atlassian.jira.plugin.system.customfieldtypes:float"),
            Self::Date => ("date", None, "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"),
            Self::DateTime => ("datetime", None, "com.atlassian.jira.plugin.system.customfieldtypes:datetime"),
            Self::Url => ("string", None, "com.atlassian.jira.plugin.system.customfieldtypes:url"),
            Self::Select => ("option", None, "com.atlassian.jira.plugin.system.customfieldtypes:select"),
            Self::MultiSelect => {
                ("array", Some("option"), "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes")
            }
            Self::User => ("user", None, "com.atlassian.jira.plugin.system.customfieldtypes:userpicker"),
            Self::MultiUser => {
                ("array", Some("user"), "com.atlassian.jira.plugin.system.customfieldtypes:multiuserpicker")
            }
            Self::Labels => ("array", Some("string"), "com.atlassian.jira.plugin.system.customfieldtypes:labels"),
            Self::EpicLink => ("any", None, "com.pyxis.greenhopper.jira:gh-epic-link"),
            Self::Group => ("group", None, "com.atlassian.jira.plugin.system.customfieldtypes:grouppicker"),
            Self::MultiGroup => {
                ("array", Some("group"), "com.atlassian.jira.plugin.system.customfieldtypes:multigrouppicker")
            }
            Self::Team => ("team", None, "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team"),
            Self::Sprint => ("array", Some("json"), "com.pyxis.greenhopper.jira:gh-sprint"),
        }
    }
}

const fn field(id: &'static str, number: u64, name: &'static str, kind: CustomKind) -> Field {
    Field { id, number, name, kind, options: &[] }
}

pub(crate) static STORY_POINTS: Field = field("customfield_10016", 10016, "Story point estimate", CustomKind::Number);
pub(crate) static SPRINT: Field = field("customfield_10020", 10020, "Sprint", CustomKind::Sprint);
pub(crate) static BROWSER: Field = Field {
    options: &[
        OptionValue { id: "10100", value: "Chrome" },
        OptionValue { id: "10101", value: "Firefox" },
        OptionValue { id: "10102", value: "Safari" },
    ],
    ..field("customfield_10042", 10042, "Browser", CustomKind::Select)
};
pub(crate) static PLATFORMS: Field = Field {
    options: &[
        OptionValue { id: "10110", value: "Desktop" },
        OptionValue { id: "10111", value: "Phone" },
        OptionValue { id: "10112", value: "Tablet" },
    ],
    ..field("customfield_10043", 10043, "Platforms", CustomKind::MultiSelect)
};
pub(crate) static FOUND_IN: Field = field("customfield_10044", 10044, "Found in", CustomKind::Text);
pub(crate) static ROOT_CAUSE: Field = field("customfield_10045", 10045, "Root cause", CustomKind::TextArea);
pub(crate) static ROLLOUT: Field = field("customfield_10046", 10046, "Rollout date", CustomKind::Date);
pub(crate) static REVIEWER: Field = field("customfield_10047", 10047, "Reviewer", CustomKind::User);
pub(crate) static TESTERS: Field = field("customfield_10048", 10048, "Testers", CustomKind::MultiUser);
pub(crate) static SPEC_LINK: Field = field("customfield_10049", 10049, "Specification", CustomKind::Url);
pub(crate) static COMPONENT_TAGS: Field = field("customfield_10050", 10050, "Tags", CustomKind::Labels);

pub(crate) static OWNERS: Field = field("customfield_10051", 10051, "Owners", CustomKind::Group);
pub(crate) static TEAM: Field = field("customfield_10001", 10001, "Team", CustomKind::Team);

pub(crate) static IMPACT: Field = Field {
    options: &[
        OptionValue { id: "20100", value: "Low" },
        OptionValue { id: "20101", value: "Medium" },
        OptionValue { id: "20102", value: "High" },
    ],
    ..field("customfield_10200", 10200, "Impact", CustomKind::Select)
};
pub(crate) static STARTED_AT: Field = field("customfield_10201", 10201, "Started at", CustomKind::DateTime);
pub(crate) static COST_CENTRE: Field = field("customfield_10202", 10202, "Cost centre", CustomKind::Text);
pub(crate) static INFORMED: Field = field("customfield_10203", 10203, "Informed", CustomKind::MultiGroup);
pub(crate) static DC_SPRINT: Field = field("customfield_10300", 10300, "Sprint", CustomKind::Sprint);
pub(crate) static EPIC_LINK: Field = field("customfield_10301", 10301, "Epic Link", CustomKind::EpicLink);

/// The custom fields of the Cloud sites.
pub(crate) static CLOUD: [&Field; 13] = [
    &TEAM,
    &STORY_POINTS,
    &SPRINT,
    &BROWSER,
    &PLATFORMS,
    &FOUND_IN,
    &ROOT_CAUSE,
    &ROLLOUT,
    &REVIEWER,
    &TESTERS,
    &SPEC_LINK,
    &COMPONENT_TAGS,
    &OWNERS,
];

/// The teams of the Cloud sites: id and name.
pub(crate) static TEAMS: [(&str, &str); 3] = [
    ("36885b3c-1bf0-4f85-a357-c5b858c31de4", "Platform"),
    ("5c1f0a35-9f5e-4c0d-8a53-0f6a1e1cbb02", "Platform <Nord>"),
    ("a3a6f8f2-8b0c-4f14-9f0b-1d6f2d1f7c19", "Shop"),
];

/// The custom fields of the Data Center site.
pub(crate) static DATA_CENTER: [&Field; 6] = [&IMPACT, &STARTED_AT, &COST_CENTRE, &INFORMED, &DC_SPRINT, &EPIC_LINK];
