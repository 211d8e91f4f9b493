//! Reads JQL as people type it. What it cannot read is refused with the place: nothing is guessed, for what Jira reads
//! must be what was held to the projects.

use super::{
    Clause, Direction, Field, Jql, Operand, Operator, Predicate, Sort,
    lex::{Kind, Token, lex},
};
use crate::error::Error;

/// The longest search, in bytes.
const LONGEST: usize = 10_000;
/// The deepest nesting of brackets and NOT.
const DEEPEST: usize = 50;
/// Words with a meaning, which cannot be a field's name without quotes.
const KEPT: &[&str] = &["and", "or", "not", "in", "is", "was", "changed", "order", "by", "empty", "null"];

/// A search that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("I can't read this search at {}: {wanted} should stand there.", self.place())]
pub struct JqlError {
    /// The number of the character, counted from 1.
    pub at: usize,
    /// What stands there; empty at the end.
    pub near: String,
    /// What should.
    pub wanted: &'static str,
}

impl JqlError {
    fn place(&self) -> String {
        match self.near.as_str() {
            "" => "its end".into(),
            near => format!("`{near}` (character {})", self.at),
        }
    }
}

impl From<JqlError> for Error {
    fn from(error: JqlError) -> Self {
        Self::user_hint(error.to_string(), "Values of several words need quotes, like `status = \"In Progress\"`.")
    }
}

pub(super) fn parse(text: &str) -> Result<Jql, JqlError> {
    if text.len() > LONGEST {
        let near = text.chars().take(20).collect();
        return Err(JqlError { at: 1, near, wanted: "a search of at most 10,000 letters" });
    }
    let (tokens, broken) = match lex(text) {
        Ok(tokens) => (tokens, None),
        Err(at) => (Vec::new(), Some(at)),
    };
    let mut parser = Parser { text, tokens, next: 0, depth: 0 };
    if let Some(at) = broken {
        return Err(parser.error_at(at, "a quoted value"));
    }
    let clause = if parser.tokens.is_empty() || parser.at_word("order") { None } else { Some(parser.or()?) };
    let order = parser.order()?;
    match parser.peek() {
        None => Ok(Jql { clause, order }),
        Some(_) => Err(parser.error("AND, OR, ORDER BY or the end")),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Clause, JqlError> {
        let mut parts = vec![self.and()?];
        while self.word("or") || self.sign("||") || self.sign("|") {
            parts.push(self.and()?);
        }
        Ok(one_or(parts, Clause::Or))
    }

    fn and(&mut self) -> Result<Clause, JqlError> {
        let mut parts = vec![self.not()?];
        while self.word("and") || self.sign("&&") || self.sign("&") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Clause::And))
    }

    fn not(&mut self) -> Result<Clause, JqlError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("a search with fewer brackets"));
        }
        let clause = if self.word("not") || self.sign("!") {
            Clause::Not(Box::new(self.not()?))
        } else if self.sign("(") {
            let inner = self.or()?;
            if !self.sign(")") {
                return Err(self.error("AND, OR or `)`"));
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(clause)
    }

    fn comparison(&mut self) -> Result<Clause, JqlError> {
        let field = self.field()?;
        if self.word("changed") {
            return Ok(Clause::Changed { field, when: self.predicates()? });
        }
        let operator = self.operator()?;
        let operand = match operator {
            Operator::In | Operator::NotIn | Operator::WasIn | Operator::WasNotIn => self.several()?,
            Operator::Is | Operator::IsNot => self.emptiness()?,
            _ => self.single()?,
        };
        let when = match operator {
            Operator::Was | Operator::WasNot | Operator::WasIn | Operator::WasNotIn => self.predicates()?,
            _ => Vec::new(),
        };
        Ok(Clause::Is { field, operator, operand, when })
    }

    fn field(&mut self) -> Result<Field, JqlError> {
        const WANTED: &str = "the name of a field";
        let name = match self.peek() {
            Some(Kind::Word(word)) if KEPT.iter().any(|kept| word.eq_ignore_ascii_case(kept)) => {
                return Err(self.error(WANTED));
            }
            Some(Kind::Quoted(name)) => Field::Named(name.clone()),
            Some(Kind::Word(word)) => Field::Named(word.clone()),
            _ => return Err(self.error(WANTED)),
        };
        let bare = matches!(self.peek(), Some(Kind::Word(_)));
        self.next += 1;
        match name {
            Field::Named(entity) if bare && self.sign("[") => self.indexed(entity),
            name => Ok(name),
        }
    }

    /// `cf[10011]`, or `issue.property[key].path`. The bracket has been read.
    fn indexed(&mut self, entity: String) -> Result<Field, JqlError> {
        let custom = entity.eq_ignore_ascii_case("cf");
        let plain = entity.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.');
        if !plain || !(custom || entity.contains('.')) {
            return Err(self.error("a field whose name is in quotes"));
        }
        let key = match self.peek() {
            Some(Kind::Word(key) | Kind::Quoted(key)) => key.clone(),
            _ => return Err(self.error("a key")),
        };
        let number =
            if custom { Some(key.parse().map_err(|_| self.error("the number of a custom field"))?) } else { None };
        self.next += 1;
        if !self.sign("]") {
            return Err(self.error("`]`"));
        }
        if let Some(number) = number {
            return Ok(Field::Custom(number));
        }
        let path = match self.peek() {
            Some(Kind::Word(path)) if path.starts_with('.') => path.clone(),
            _ => return Ok(Field::Property { entity, key, path: String::new() }),
        };
        if !path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
            return Err(self.error("the path of a property"));
        }
        self.next += 1;
        Ok(Field::Property { entity, key, path })
    }

    fn operator(&mut self) -> Result<Operator, JqlError> {
        const SIGNS: &[(&str, Operator)] = &[
            ("=", Operator::Equals),
            ("!=", Operator::NotEquals),
            ("~", Operator::Like),
            ("!~", Operator::NotLike),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Less),
            (">", Operator::More),
        ];
        if let Some((_, operator)) = SIGNS.iter().find(|(sign, _)| self.sign(sign)) {
            return Ok(*operator);
        }
        if self.word("in") {
            return Ok(Operator::In);
        }
        if self.word("not") {
            return if self.word("in") { Ok(Operator::NotIn) } else { Err(self.error("IN")) };
        }
        if self.word("is") {
            return Ok(if self.word("not") { Operator::IsNot } else { Operator::Is });
        }
        if self.word("was") {
            return Ok(match (self.word("not"), self.word("in")) {
                (false, false) => Operator::Was,
                (false, true) => Operator::WasIn,
                (true, false) => Operator::WasNot,
                (true, true) => Operator::WasNotIn,
            });
        }
        Err(self.error("a comparison such as `=`, `!=`, `~` or IN"))
    }

    /// After IN: a list, or a function that gives one.
    fn several(&mut self) -> Result<Operand, JqlError> {
        if !self.sign("(") {
            let at = self.next;
            return match self.single()? {
                call @ Operand::Call(..) => Ok(call),
                _ => {
                    self.next = at;
                    Err(self.error("a list in brackets"))
                }
            };
        }
        Ok(Operand::List(self.list(true)?))
    }

    fn emptiness(&mut self) -> Result<Operand, JqlError> {
        if self.word("empty") || self.word("null") { Ok(Operand::Empty) } else { Err(self.error("EMPTY")) }
    }

    /// Items up to the closing bracket. The opening one has been read.
    fn list(&mut self, filled: bool) -> Result<Vec<Operand>, JqlError> {
        let mut items = Vec::new();
        if !filled && self.sign(")") {
            return Ok(items);
        }
        loop {
            items.push(self.single()?);
            if self.sign(")") {
                return Ok(items);
            }
            if !self.sign(",") {
                return Err(self.error("`,` or `)`"));
            }
        }
    }

    fn single(&mut self) -> Result<Operand, JqlError> {
        const WANTED: &str = "a value";
        let (text, bare) = match self.peek() {
            Some(Kind::Word(word)) => (word.clone(), true),
            Some(Kind::Quoted(text)) => (text.clone(), false),
            _ => return Err(self.error(WANTED)),
        };
        let is = |word: &str| bare && text.eq_ignore_ascii_case(word);
        if is("and") || is("or") || is("not") {
            return Err(self.error(WANTED));
        }
        self.next += 1;
        if is("empty") || is("null") {
            return Ok(Operand::Empty);
        }
        let name = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if bare && name && self.at_sign("(") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.error("a search with fewer brackets"));
            }
            self.next += 1;
            let arguments = self.list(false)?;
            self.depth -= 1;
            return Ok(Operand::Call(text, arguments));
        }
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let number = bare && (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        Ok(if number { Operand::Number(text) } else { Operand::Text(text) })
    }

    fn predicates(&mut self) -> Result<Vec<(Predicate, Operand)>, JqlError> {
        const WORDS: &[(&str, Predicate)] = &[
            ("after", Predicate::After),
            ("before", Predicate::Before),
            ("during", Predicate::During),
            ("on", Predicate::On),
            ("by", Predicate::By),
            ("from", Predicate::From),
            ("to", Predicate::To),
        ];
        let mut when = Vec::new();
        while let Some((_, predicate)) = WORDS.iter().find(|(word, _)| self.word(word)) {
            let operand = if self.sign("(") { Operand::List(self.list(true)?) } else { self.single()? };
            when.push((*predicate, operand));
        }
        Ok(when)
    }

    fn order(&mut self) -> Result<Vec<Sort>, JqlError> {
        let mut order = Vec::new();
        if !self.word("order") {
            return Ok(order);
        }
        if !self.word("by") {
            return Err(self.error("BY"));
        }
        loop {
            let field = self.field()?;
            let direction = if self.word("asc") {
                Some(Direction::Ascending)
            } else if self.word("desc") {
                Some(Direction::Descending)
            } else {
                None
            };
            order.push(Sort { field, direction });
            if !self.sign(",") {
                return Ok(order);
            }
        }
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn at_word(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Kind::Word(word)) if word.eq_ignore_ascii_case(wanted))
    }

    fn at_sign(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Kind::Sign(sign)) if *sign == wanted)
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = self.at_word(wanted);
        self.next += usize::from(found);
        found
    }

    fn sign(&mut self, wanted: &str) -> bool {
        let found = self.at_sign(wanted);
        self.next += usize::from(found);
        found
    }

    fn error(&self, wanted: &'static str) -> JqlError {
        match self.tokens.get(self.next) {
            Some(token) => {
                let near = self.text.get(token.start..token.end).unwrap_or_default().chars().take(30).collect();
                JqlError { at: self.character(token.start), near, wanted }
            }
            None => JqlError { at: self.character(self.text.len()), near: String::new(), wanted },
        }
    }

    fn error_at(&self, byte: usize, wanted: &'static str) -> JqlError {
        let near = self.text.get(byte..).unwrap_or_default().chars().take(10).collect();
        JqlError { at: self.character(byte), near, wanted }
    }

    fn character(&self, byte: usize) -> usize {
        self.text.get(..byte).unwrap_or_default().chars().count() + 1
    }
}

fn one_or(mut parts: Vec<Clause>, join: fn(Vec<Clause>) -> Clause) -> Clause {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}
