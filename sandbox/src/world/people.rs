//! Who has an account on the sandbox's sites.
use super::PersonId;

/// Somebody with an account on the sandbox's sites.
#[derive(Clone, Debug)]
pub struct Person {
    /// What tests and the authorize pages call the person: `ada`.
    pub id: PersonId,
    /// `Ada Byron`.
    pub name: String,
    /// `ada@engine.example`.
    pub email: String,
    /// The Atlassian account id (Cloud).
    pub account_id: String,
    /// The user name on Data Center: `abyron`.
    pub dc_name: String,
    /// The user key on Data Center: `JIRAUSER10100`.
    pub dc_key: String,
    /// The groups the person is in, on every site.
    pub groups: Vec<&'static str>,
    /// False for people who are only there to be found and assigned.
    pub can_sign_in: bool,
}

pub(super) fn everyone() -> Vec<Person> {
    vec![
        person("ada", "Ada Byron", "5b10ac8d82e05b22cc7d4ef5", "abyron", 10100, &["jira-users", "engineering"]),
        person(
            "grace",
            "Grace Hopper",
            "5b10a2844c20165700ede21a",
            "ghopper",
            10101,
            &["jira-users", "engineering", "leads"],
        ),
        person("linus", "Linus Winter", "5b109f2e9729b51b54dc274d", "lwinter", 10102, &["jira-users"]),
        Person {
            can_sign_in: false,
            ..person("gracie", "Gracie Lane", "5b10b3a1f0c2d94e88ab0c31", "glane", 10103, &["jira-users"])
        },
    ]
}

fn person(id: &str, name: &str, account_id: &str, dc_name: &str, dc_key: u32, groups: &[&'static str]) -> Person {
    Person {
        id: PersonId::new(id),
        name: name.into(),
        email: format!("{id}@engine.example"),
        account_id: account_id.into(),
        dc_name: dc_name.into(),
        dc_key: format!("JIRAUSER{dc_key}"),
        groups: groups.to_vec(),
        can_sign_in: true,
    }
}
