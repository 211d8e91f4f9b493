//! The environment over the file.

use toml::{Table, Value};

use super::ConfigError;

/// Puts `USHER_SECTION__KEY` variables over the file's keys.
pub fn overlay(table: &mut Table, environment: impl Iterator<Item = (String, String)>) -> Result<(), ConfigError> {
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix("USHER_") else { continue };
        if rest == "LOG" {
            continue;
        }
        let parts: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let section = match parts.as_slice() {
            [_] => &mut *table,
            ["site", id, _] => site_table(table, id).ok_or_else(|| {
                ConfigError::new(format!("{name} is set, but no site has the id `{id}`. Add it or unset the variable."))
            })?,
            ["site", id, "service_account", _] => site_table(table, id)
                .and_then(|site| {
                    site.entry("service_account".to_owned())
                        .or_insert_with(|| Value::Table(Table::new()))
                        .as_table_mut()
                })
                .ok_or_else(|| {
                    ConfigError::new(format!(
                        "{name} is set, but no site has the id `{id}`. Add it or unset the variable."
                    ))
                })?,
            [section, _] => table
                .entry((*section).to_owned())
                .or_insert_with(|| Value::Table(Table::new()))
                .as_table_mut()
                .ok_or_else(|| ConfigError::new(format!("{name} names `{section}`, which is no section.")))?,
            _ => return Err(ConfigError::new(format!("{name} names no setting. Unset it."))),
        };
        let key = parts.last().copied().unwrap_or_default().to_owned();
        section.insert(key.clone(), typed(&key, value));
    }
    Ok(())
}

fn site_table<'a>(table: &'a mut Table, id: &str) -> Option<&'a mut Table> {
    table.get_mut("site")?.as_array_mut()?.iter_mut().filter_map(Value::as_table_mut).find(|site| {
        // Variables have no `-`: `USHER_SITE__BIG_CORP__…` is the site `big-corp`.
        site.get("id").and_then(Value::as_str).is_some_and(|known| known.replace('-', "_").to_lowercase() == id)
    })
}

/// A variable is text. Where it reads as a list or as true and false it is that, except for what is secret or an id.
fn typed(key: &str, value: String) -> Value {
    let literal = key.ends_with("secret") || key.ends_with("token") || key.ends_with("key") || key.ends_with("_id");
    match format!("value = {value}").parse::<Table>().ok().and_then(|mut table| table.remove("value")) {
        Some(read @ (Value::Boolean(_) | Value::Array(_))) if !literal => read,
        _ => Value::String(value),
    }
}
