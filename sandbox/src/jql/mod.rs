//! A subset of JQL: what it understands it answers as Jira does, everything else is an honest error.
mod dates;
mod grammar;
mod lexer;
mod order;
mod resolve;
mod structure;
mod terms;
mod text;

use jiff::Timestamp;

use crate::rest::View;
use crate::world::Issue;

pub(crate) use grammar::parse;
pub(crate) use structure::structure;

/// A whole query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// What has to be true; None is everything.
    pub clause: Option<Clause>,
    /// By which fields to order; the flag means descending.
    pub order: Vec<(String, bool)>,
}

/// A condition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    And(Vec<Clause>),
    Or(Vec<Clause>),
    Not(Box<Clause>),
    Term(Term),
}

/// A field compared with something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub field: String,
    pub operator: Operator,
    pub operand: Operand,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    NotEquals,
    Like,
    NotLike,
    Less,
    LessEquals,
    Greater,
    GreaterEquals,
    In,
    NotIn,
    Is,
    IsNot,
}

impl Operator {
    pub fn text(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::NotEquals => "!=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::Less => "<",
            Self::LessEquals => "<=",
            Self::Greater => ">",
            Self::GreaterEquals => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
        }
    }

    /// Whether a match means that the condition is not met.
    pub fn negated(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotLike | Self::NotIn | Self::IsNot)
    }

    fn compares(self) -> bool {
        matches!(self, Self::Less | Self::LessEquals | Self::Greater | Self::GreaterEquals)
    }
}

/// What a field is compared with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    One(Single),
    Many(Vec<Single>),
}

impl Operand {
    pub fn singles(&self) -> &[Single] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// One value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Single {
    Text(String),
    Function { name: String, arguments: Vec<String> },
    Empty,
}

/// Whose eyes a query is answered with, and when.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub view: View<'a>,
    pub now: Timestamp,
}

/// Answers whether an issue meets a condition.
type Check<'a> = Box<dyn Fn(&Issue) -> bool + 'a>;

/// The visible issues that match, in order. The errors are Jira's sentences.
pub(crate) fn run<'a>(scope: Scope<'a>, query: &Query) -> Result<Vec<&'a Issue>, Vec<String>> {
    let mut errors = Vec::new();
    let check = query.clause.as_ref().and_then(|clause| compile(scope, clause, &mut errors));
    let order = order::compile(scope, &query.order, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let View { site, me, .. } = scope.view;
    let mut found: Vec<&Issue> = site
        .issues
        .values()
        .filter(|issue| site.sees(&me.id, issue) && check.as_ref().is_none_or(|check| check(issue)))
        .collect();
    order::sort(&mut found, &order);
    Ok(found)
}

/// None stands for an error that has been noted.
fn compile<'a>(scope: Scope<'a>, clause: &Clause, errors: &mut Vec<String>) -> Option<Check<'a>> {
    let mut all = |clauses: &[Clause]| {
        let checks: Vec<Option<Check<'a>>> = clauses.iter().map(|one| compile(scope, one, errors)).collect();
        checks.into_iter().collect::<Option<Vec<_>>>()
    };
    Some(match clause {
        Clause::And(clauses) => {
            let checks = all(clauses)?;
            Box::new(move |issue| checks.iter().all(|check| check(issue)))
        }
        Clause::Or(clauses) => {
            let checks = all(clauses)?;
            Box::new(move |issue| checks.iter().any(|check| check(issue)))
        }
        Clause::Not(inner) => {
            let check = compile(scope, inner, errors)?;
            Box::new(move |issue| !check(issue))
        }
        Clause::Term(term) => match terms::compile(scope, term) {
            Ok(check) => check,
            Err(text) => {
                errors.push(text);
                return None;
            }
        },
    })
}
