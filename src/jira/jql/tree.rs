//! The tree that a search is.

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// All of them.
    And(Vec<Clause>),
    /// Any of them.
    Or(Vec<Clause>),
    /// Not this.
    Not(Box<Clause>),
    /// A field compared with something.
    Is {
        /// What is compared.
        field: Field,
        /// How.
        operator: Operator,
        /// With what.
        operand: Operand,
        /// When and by whom it was so, for `was` and its kin.
        when: Vec<(Predicate, Operand)>,
    },
    /// A field that was changed.
    Changed {
        /// Which.
        field: Field,
        /// When, by whom, from what to what.
        when: Vec<(Predicate, Operand)>,
    },
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// A field by its name.
    Named(String),
    /// A custom field by its number: `cf[10011]`.
    Custom(u64),
    /// A property of an entity: `issue.property[key].path`.
    Property {
        /// Such as `issue.property`.
        entity: String,
        /// The property's key.
        key: String,
        /// The way inside its value, dots included at the start, or empty.
        path: String,
    },
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equals,
    /// `!=`
    NotEquals,
    /// `~`
    Like,
    /// `!~`
    NotLike,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `was`
    Was,
    /// `was not`
    WasNot,
    /// `was in`
    WasIn,
    /// `was not in`
    WasNotIn,
}

/// When or by whom something was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predicate {
    /// `after`
    After,
    /// `before`
    Before,
    /// `during`
    During,
    /// `on`
    On,
    /// `by`
    By,
    /// `from`
    From,
    /// `to`
    To,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// `EMPTY`
    Empty,
    /// Text. Printed in quotes.
    Text(String),
    /// A whole number, which Jira takes for an id first. Printed bare.
    Number(String),
    /// A function with its arguments.
    Call(String, Vec<Operand>),
    /// Several.
    List(Vec<Operand>),
}

/// One key of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub field: Field,
    /// Which way, or as Jira likes.
    pub direction: Option<Direction>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest or earliest first.
    Ascending,
    /// Largest or latest first.
    Descending,
}

impl Clause {
    /// `field = "value"`
    pub fn equals(field: &str, value: impl Into<String>) -> Self {
        Self::compare(field, Operator::Equals, Operand::Text(value.into()))
    }

    /// `field in ("a", "b")`. At least one value must be given.
    pub fn among<T: Into<String>>(field: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|value| Operand::Text(value.into())).collect();
        Self::compare(field, Operator::In, Operand::List(values))
    }

    /// `field = function()`
    pub fn call(field: &str, function: &str) -> Self {
        Self::compare(field, Operator::Equals, Operand::Call(function.to_owned(), Vec::new()))
    }

    /// `field >= "value"`
    pub fn at_least(field: &str, value: impl Into<String>) -> Self {
        Self::compare(field, Operator::AtLeast, Operand::Text(value.into()))
    }

    /// `field is EMPTY`
    pub fn empty(field: &str) -> Self {
        Self::compare(field, Operator::Is, Operand::Empty)
    }

    /// `text ~ "words"`, with every sign that Jira's text search gives a meaning taken out. `None` if nothing is left.
    pub fn text(words: &str) -> Option<Self> {
        let plain: String = words.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { ' ' }).collect();
        let kept: Vec<String> = plain
            .split_whitespace()
            .map(|word| if matches!(word, "AND" | "OR" | "NOT") { word.to_lowercase() } else { word.to_owned() })
            .collect();
        (!kept.is_empty()).then(|| Self::compare("text", Operator::Like, Operand::Text(kept.join(" "))))
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::And(mut all) => {
                all.push(other);
                Self::And(all)
            }
            one => Self::And(vec![one, other]),
        }
    }

    /// Either.
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Or(mut all) => {
                all.push(other);
                Self::Or(all)
            }
            one => Self::Or(vec![one, other]),
        }
    }

    /// Any comparison.
    pub fn compare(field: &str, operator: Operator, operand: Operand) -> Self {
        Self::Is { field: Field::Named(field.to_owned()), operator, operand, when: Vec::new() }
    }
}
