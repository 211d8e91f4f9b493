//! A number.

use serde_json::{Number, Value};

use super::quoted;

pub(super) fn value(text: &str) -> Result<Value, String> {
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(whole.into());
    }
    if let Some(number) = text.parse().ok().and_then(Number::from_f64) {
        return Ok(Value::Number(number));
    }
    let dotted = text.replacen(',', ".", 1);
    match dotted.parse::<f64>().is_ok_and(f64::is_finite) {
        true => Err(format!("{} is not a number. Use a point: `{dotted}`.", quoted(text))),
        false => Err(format!("{} is not a number.", quoted(text))),
    }
}
