//! Prints a search so that Jira reads the very same tree: every value quoted, every inner AND, OR and NOT bracketed.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Clause, Direction, Field, Jql, Operand, Operator, Predicate, Sort};

/// Field names that need no quotes.
const PLAIN: &[&str] = &[
    "affectedVersion",
    "assignee",
    "comment",
    "component",
    "created",
    "creator",
    "description",
    "due",
    "duedate",
    "fixVersion",
    "id",
    "issue",
    "issuekey",
    "issuetype",
    "key",
    "labels",
    "lastViewed",
    "parent",
    "priority",
    "project",
    "rank",
    "reporter",
    "resolution",
    "resolved",
    "sprint",
    "status",
    "statusCategory",
    "summary",
    "text",
    "type",
    "updated",
    "watcher",
];

impl Display for Jql {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(clause) = &self.clause {
            clause.fmt(f)?;
        }
        if !self.order.is_empty() {
            f.write_str(if self.clause.is_some() { " ORDER BY " } else { "ORDER BY " })?;
            separated(f, &self.order, ", ")?;
        }
        Ok(())
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " AND "),
            Self::Or(parts) => joined(f, parts, " OR "),
            Self::Not(part) => write!(f, "NOT ({part})"),
            Self::Is { field, operator, operand, when } => {
                write!(f, "{field} {operator} {operand}")?;
                predicates(f, when)
            }
            Self::Changed { field, when } => {
                write!(f, "{field} changed")?;
                predicates(f, when)
            }
        }
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) if PLAIN.contains(&name.as_str()) => f.write_str(name),
            Self::Named(name) => quoted(f, name),
            Self::Custom(number) => write!(f, "cf[{number}]"),
            Self::Property { entity, key, path } => {
                write!(f, "{entity}[")?;
                quoted(f, key)?;
                write!(f, "]{path}")
            }
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("EMPTY"),
            Self::Text(text) => quoted(f, text),
            Self::Number(digits) => f.write_str(digits),
            Self::Call(name, arguments) => {
                write!(f, "{name}(")?;
                separated(f, arguments, ", ")?;
                f.write_char(')')
            }
            Self::List(items) => {
                f.write_char('(')?;
                separated(f, items, ", ")?;
                f.write_char(')')
            }
        }
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        f.write_str(match self.direction {
            Some(Direction::Ascending) => " ASC",
            Some(Direction::Descending) => " DESC",
            None => "",
        })
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equals => "=",
            Self::NotEquals => "!=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Was => "was",
            Self::WasNot => "was not",
            Self::WasIn => "was in",
            Self::WasNotIn => "was not in",
        })
    }
}

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::After => "after",
            Self::Before => "before",
            Self::During => "during",
            Self::On => "on",
            Self::By => "by",
            Self::From => "from",
            Self::To => "to",
        })
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Clause], word: &str) -> fmt::Result {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            f.write_str(word)?;
        }
        match part {
            Clause::And(_) | Clause::Or(_) => write!(f, "({part})")?,
            _ => part.fmt(f)?,
        }
    }
    Ok(())
}

fn separated<T: Display>(f: &mut Formatter<'_>, items: &[T], separator: &str) -> fmt::Result {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            f.write_str(separator)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

fn predicates(f: &mut Formatter<'_>, when: &[(Predicate, Operand)]) -> fmt::Result {
    for (predicate, operand) in when {
        write!(f, " {predicate} {operand}")?;
    }
    Ok(())
}

/// The one place where text becomes JQL.
fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
