//! Bodies held against Discord's own description of its API, trimmed in `tests/contracts/discord.json`.

use std::{collections::HashMap, sync::OnceLock};

use jsonschema::{Draft, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Value, json};

use super::refusal::Mistake;

const CONTRACT: &str = include_str!("../../../../contracts/discord.json");

/// What Discord's schema of an operation says against a body.
pub fn mistakes(operation: &str, body: &Value) -> Vec<Mistake> {
    let validator = validators().get(operation).unwrap_or_else(|| panic!("the contract has no operation {operation}"));
    validator.iter_errors(body).map(|error| mistake(&error)).collect()
}

fn validators() -> &'static HashMap<String, Validator> {
    static VALIDATORS: OnceLock<HashMap<String, Validator>> = OnceLock::new();
    VALIDATORS.get_or_init(|| {
        let contract: Value = serde_json::from_str(CONTRACT).expect("the contract is JSON");
        let operations = contract["operations"].as_object().expect("the contract lists operations");
        let compiled = operations.iter().map(|(name, operation)| {
            let schema = json!({"$defs": contract["$defs"], "allOf": [operation["request"]]});
            let validator = jsonschema::options().with_draft(Draft::Draft202012).build(&schema);
            (name.clone(), validator.unwrap_or_else(|error| panic!("{name}: {error}")))
        });
        compiled.collect()
    })
}

fn mistake(error: &ValidationError<'_>) -> Mistake {
    let path = error.instance_path.to_string();
    match &error.kind {
        ValidationErrorKind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            Mistake::new(&format!("{path}/{property}"), "BASE_TYPE_REQUIRED", "This field is required")
        }
        ValidationErrorKind::MaxLength { limit } => {
            Mistake::new(&path, "BASE_TYPE_MAX_LENGTH", format!("Must be {limit} or fewer in length."))
        }
        ValidationErrorKind::MinLength { limit } => {
            Mistake::new(&path, "BASE_TYPE_MIN_LENGTH", format!("Must be {limit} or more in length."))
        }
        ValidationErrorKind::MaxItems { limit } => {
            Mistake::new(&path, "BASE_TYPE_BAD_LENGTH", format!("Must be {limit} or fewer in length."))
        }
        ValidationErrorKind::MinItems { limit } => {
            Mistake::new(&path, "BASE_TYPE_BAD_LENGTH", format!("Must be {limit} or more in length."))
        }
        ValidationErrorKind::Enum { .. } => {
            Mistake::new(&path, "BASE_TYPE_CHOICES", format!("Value must be one of its choices: {error}"))
        }
        _ => Mistake::new(&path, "BASE_TYPE_INVALID", error.to_string()),
    }
}
