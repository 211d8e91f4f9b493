//! Who has an account on the sandbox's sites.
use super::{Person, PersonId};

pub(super) fn everyone() -> Vec<Person> {
    vec![
        person("ada", "Ada Byron", "5b10ac8d82e05b22cc7d4ef5", "abyron", 10100, true),
        person("grace", "Grace Hopper", "5b10a2844c20165700ede21g", "ghopper", 10101, true),
        person("linus", "Linus Winter", "5b109f2e9729b51b54dc274d", "lwinter", 10102, true),
        person("gracie", "Gracie Lane", "5b10b3a1f0c2d94e88ab0c31", "glane", 10103, false),
    ]
}

fn person(id: &str, name: &str, account_id: &str, dc_name: &str, dc_key: u32, can_sign_in: bool) -> Person {
    Person {
        id: PersonId::new(id),
        name: name.into(),
        email: format!("{id}@engine.example"),
        account_id: account_id.into(),
        dc_name: dc_name.into(),
        dc_key: format!("JIRAUSER{dc_key}"),
        can_sign_in,
    }
}
