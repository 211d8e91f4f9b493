//! A query as `jql/parse` answers it.
use serde_json::{Value, json};

use super::{Clause, Operand, Query, Single, Term};

/// The `structure` of a parsed query.
pub(crate) fn structure(query: &Query) -> Value {
    let mut value = json!({});
    if let Some(where_) = query.clause.as_ref().map(clause) {
        value["where"] = where_;
    }
    if !query.order.is_empty() {
        let fields = query.order.iter().map(
            |(field, descending)| json!({"field": name(field), "direction": if *descending { "desc" } else { "asc" }}),
        );
        value["orderBy"] = json!({"fields": fields.collect::<Value>()});
    }
    value
}

fn clause(one: &Clause) -> Value {
    match one {
        Clause::And(clauses) => json!({"operator": "and", "clauses": clauses.iter().map(clause).collect::<Value>()}),
        Clause::Or(clauses) => json!({"operator": "or", "clauses": clauses.iter().map(clause).collect::<Value>()}),
        Clause::Not(inner) => json!({"operator": "not", "clauses": [clause(inner)]}),
        Clause::Term(Term { field, operator, operand }) => {
            let operand = match operand {
                Operand::One(one) => single(one),
                Operand::Many(many) => {
                    let encoded: Vec<String> = many.iter().map(encode).collect();
                    json!({"encodedOperand": format!("({})", encoded.join(", ")), "values": many.iter().map(single).collect::<Value>()})
                }
            };
            json!({"field": name(field), "operator": operator.text(), "operand": operand})
        }
    }
}

fn name(field: &str) -> Value {
    json!({"name": field, "encodedName": quote(field)})
}

fn single(one: &Single) -> Value {
    match one {
        Single::Text(text) => json!({"value": text, "encodedValue": quote(text)}),
        Single::Function { name, arguments } => {
            json!({"function": name, "arguments": arguments, "encodedOperand": encode(one)})
        }
        Single::Empty => json!({"keyword": "empty", "encodedOperand": "empty"}),
    }
}

fn encode(one: &Single) -> String {
    match one {
        Single::Text(text) => quote(text),
        Single::Function { name, arguments } => {
            let arguments: Vec<String> = arguments.iter().map(|argument| quote(argument)).collect();
            format!("{name}({})", arguments.join(", "))
        }
        Single::Empty => "empty".into(),
    }
}

fn quote(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-') {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
