//! JQL: built from parts, or read from what a person typed; held to projects; and printed with every value quoted.
//!
//! A person's search is never pasted into another: it becomes a tree, its ORDER BY is taken off, the tree is bracketed
//! and AND-ed with the projects that may be searched, and the whole is printed anew.

mod lex;
mod parse;
mod print;
mod tree;

pub use parse::JqlError;
pub use tree::{Clause, Direction, Field, Operand, Operator, Predicate, Sort};

use crate::ids::{ProjectKey, ProjectScope};

/// A search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Jql {
    clause: Option<Clause>,
    order: Vec<Sort>,
}

impl Jql {
    /// A search from its parts.
    pub fn new(clause: Clause) -> Self {
        Self { clause: Some(clause), order: Vec::new() }
    }

    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, JqlError> {
        parse::parse(text)
    }

    /// Issues whose texts hold these words. Everything, if no word is left.
    pub fn text_search(words: &str) -> Self {
        Self { clause: Clause::text(words), order: Vec::new() }
    }

    /// Adds a further condition.
    pub fn and(mut self, clause: Clause) -> Self {
        self.clause = Some(match self.clause {
            Some(first) => first.and(clause),
            None => clause,
        });
        self
    }

    /// Adds an order, after those that it has.
    pub fn order_by(mut self, field: &str, direction: Direction) -> Self {
        self.order.push(Sort { field: Field::Named(field.to_owned()), direction: Some(direction) });
        self
    }

    /// Whether it says in which order.
    pub fn is_ordered(&self) -> bool {
        !self.order.is_empty()
    }

    /// The same in any order.
    pub fn without_order(mut self) -> Self {
        self.order.clear();
        self
    }

    /// The condition.
    pub fn clause(&self) -> Option<&Clause> {
        self.clause.as_ref()
    }

    /// Holds it to a scope. `None` where the scope leaves nothing to search.
    pub fn restrict(self, scope: &ProjectScope) -> Option<Self> {
        let held = match &scope.only {
            Some(only) => {
                let left: Vec<&ProjectKey> = only.iter().filter(|project| scope.allows(project)).collect();
                if left.is_empty() {
                    return None;
                }
                projects(Operator::In, left)
            }
            None if scope.except.is_empty() => return Some(self),
            None => projects(Operator::NotIn, scope.except.iter()),
        };
        let clause = match self.clause {
            Some(clause) => Clause::And(vec![held, clause]),
            None => held,
        };
        Some(Self { clause: Some(clause), order: self.order })
    }
}

fn projects<'a>(operator: Operator, keys: impl IntoIterator<Item = &'a ProjectKey>) -> Clause {
    let keys = keys.into_iter().map(|key| Operand::Text(key.to_string())).collect();
    Clause::Is { field: Field::Named("project".into()), operator, operand: Operand::List(keys), when: Vec::new() }
}

#[cfg(test)]
mod tests;
