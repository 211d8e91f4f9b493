//! From tokens to a query: OR of ANDs of terms, then ORDER BY.
use super::lexer::{Spanned, Token, cut, place};
use super::{Clause, Operand, Operator, Query, Single, Term};

/// Deeper brackets than this are refused, so that no query can exhaust the stack.
const DEPTH: usize = 50;

/// Longer queries than this are refused, in characters.
const LENGTH: usize = 100_000;

/// Reads a query. The error is Jira's sentence.
pub(crate) fn parse(text: &str) -> Result<Query, String> {
    if text.len() > LENGTH {
        return Err("Error in the JQL Query: The query is too long.".into());
    }
    let tokens = cut(text)?;
    let mut reader = Reader { text, tokens: &tokens, at: 0, depth: 0 };
    let clause = if reader.at_end() || reader.keyword(0, "order") { None } else { Some(reader.or()?) };
    let order = reader.order()?;
    if let Some(extra) = reader.peek() {
        return Err(reader.expected("either 'OR' or 'AND'", Some(extra)));
    }
    Ok(Query { clause, order })
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Spanned],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Spanned> {
        self.tokens.get(self.at)
    }

    fn at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn next(&mut self) -> Option<&'a Spanned> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Whether the token so many steps ahead is this keyword.
    fn keyword(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Spanned { token: Token::Word(word), .. }) if word.eq_ignore_ascii_case(keyword))
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.keyword(0, keyword);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Spanned { token: Token::Sign(one), .. }) if *one == sign);
        self.at += usize::from(found);
        found
    }

    fn expected(&self, what: &str, got: Option<&Spanned>) -> String {
        match got {
            Some(token) => {
                let shown = match &token.token {
                    Token::Word(word) | Token::Quoted(word) => word.as_str(),
                    Token::Sign(sign) => sign,
                };
                format!("Error in the JQL Query: Expecting {what} but got '{shown}'. {}", place(self.text, token.at))
            }
            None => format!("Error in the JQL Query: Expecting {what} before the end of the query."),
        }
    }

    fn or(&mut self) -> Result<Clause, String> {
        let mut clauses = vec![self.and()?];
        while self.take_keyword("or") {
            clauses.push(self.and()?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::Or(clauses) })
    }

    fn and(&mut self) -> Result<Clause, String> {
        let mut clauses = vec![self.not()?];
        while self.take_keyword("and") {
            clauses.push(self.not()?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::And(clauses) })
    }

    fn not(&mut self) -> Result<Clause, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("Error in the JQL Query: The query has too many levels of brackets.".into());
        }
        let clause = if self.take_keyword("not") {
            Clause::Not(Box::new(self.not()?))
        } else if self.take_sign("(") {
            let inner = self.or()?;
            if !self.take_sign(")") {
                return Err(self.expected("')'", self.peek()));
            }
            inner
        } else {
            Clause::Term(self.term()?)
        };
        self.depth -= 1;
        Ok(clause)
    }

    fn term(&mut self) -> Result<Term, String> {
        let field = self.field()?;
        let operator = self.operator()?;
        let operand = if matches!(operator, Operator::In | Operator::NotIn) {
            self.list()?
        } else {
            Operand::One(self.single()?)
        };
        if matches!(operator, Operator::Is | Operator::IsNot) && operand != Operand::One(Single::Empty) {
            return Err(format!(
                "Error in the JQL Query: The operator '{}' only takes EMPTY or NULL.",
                operator.text()
            ));
        }
        Ok(Term { field, operator, operand })
    }

    fn field(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Spanned { token: Token::Quoted(name), .. }) => Ok(name.clone()),
            Some(Spanned { token: Token::Word(name), .. }) if !reserved(name) => Ok(name.clone()),
            Some(Spanned { token: Token::Word(name), at }) => {
                let text = "is a reserved JQL word. You must surround it in quotation marks to use it in a query.";
                Err(format!("Error in the JQL Query: '{name}' {text} {}", place(self.text, *at)))
            }
            other => Err(self.expected("a field name", other)),
        }
    }

    fn operator(&mut self) -> Result<Operator, String> {
        let signs = [
            ("=", Operator::Equals),
            ("!=", Operator::NotEquals),
            ("~", Operator::Like),
            ("!~", Operator::NotLike),
            ("<", Operator::Less),
            ("<=", Operator::LessEquals),
            (">", Operator::Greater),
            (">=", Operator::GreaterEquals),
        ];
        if let Some((_, operator)) = signs.into_iter().find(|(sign, _)| self.take_sign(sign)) {
            return Ok(operator);
        }
        if self.take_keyword("in") {
            return Ok(Operator::In);
        }
        if self.keyword(0, "not") && self.keyword(1, "in") {
            self.at += 2;
            return Ok(Operator::NotIn);
        }
        if self.take_keyword("is") {
            return Ok(if self.take_keyword("not") { Operator::IsNot } else { Operator::Is });
        }
        if self.keyword(0, "was") || self.keyword(0, "changed") {
            return Err(
                "Error in the JQL Query: History searches with 'was' and 'changed' are not supported by this sandbox."
                    .into(),
            );
        }
        let operators = "operator. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'";
        Err(self.expected(operators, self.peek()))
    }

    fn list(&mut self) -> Result<Operand, String> {
        // A function that stands for a list needs no brackets: `sprint in openSprints()`.
        if !matches!(self.peek(), Some(Spanned { token: Token::Sign("("), .. })) {
            return match self.single()? {
                function @ Single::Function { .. } => Ok(Operand::Many(vec![function])),
                _ => Err(self.expected("'('", self.tokens.get(self.at - 1))),
            };
        }
        self.at += 1;
        let mut values = vec![self.single()?];
        while self.take_sign(",") {
            values.push(self.single()?);
        }
        if !self.take_sign(")") {
            return Err(self.expected("')'", self.peek()));
        }
        Ok(Operand::Many(values))
    }

    fn single(&mut self) -> Result<Single, String> {
        match self.next() {
            Some(Spanned { token: Token::Quoted(text), .. }) => Ok(Single::Text(text.clone())),
            Some(Spanned { token: Token::Word(word), at }) => {
                if self.take_sign("(") {
                    return self.arguments(word);
                }
                if word.eq_ignore_ascii_case("empty") || word.eq_ignore_ascii_case("null") {
                    return Ok(Single::Empty);
                }
                if reserved(word) {
                    let text = "is a reserved JQL word. You must surround it in quotation marks to use it in a query.";
                    return Err(format!("Error in the JQL Query: '{word}' {text} {}", place(self.text, *at)));
                }
                Ok(Single::Text(word.clone()))
            }
            other => Err(self.expected("either a value, list or function", other)),
        }
    }

    fn arguments(&mut self, name: &str) -> Result<Single, String> {
        let mut arguments = Vec::new();
        while !self.take_sign(")") {
            if !arguments.is_empty() && !self.take_sign(",") {
                return Err(self.expected("')'", self.peek()));
            }
            match self.next() {
                Some(Spanned { token: Token::Word(text) | Token::Quoted(text), .. }) => arguments.push(text.clone()),
                other => return Err(self.expected("')'", other)),
            }
        }
        Ok(Single::Function { name: name.to_owned(), arguments })
    }

    fn order(&mut self) -> Result<Vec<(String, bool)>, String> {
        if !self.take_keyword("order") {
            return Ok(Vec::new());
        }
        if !self.take_keyword("by") {
            return Err(self.expected("'BY'", self.peek()));
        }
        let mut fields = Vec::new();
        loop {
            let field = self.field()?;
            let descending = self.take_keyword("desc");
            if !descending {
                self.take_keyword("asc");
            }
            fields.push((field, descending));
            if !self.take_sign(",") {
                return Ok(fields);
            }
        }
    }
}

fn reserved(word: &str) -> bool {
    let words = [
        "and", "or", "not", "in", "is", "was", "changed", "order", "by", "empty", "null", "asc", "desc", "on", "from",
        "to",
    ];
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}
