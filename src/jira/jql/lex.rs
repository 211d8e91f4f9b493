//! Cuts JQL into words.

use winnow::{
    LocatingSlice, ModalResult, Parser,
    combinator::{alt, delimited, dispatch, fail, peek, preceded, repeat},
    stream::Location,
    token::{any, none_of, one_of, take_while},
};

/// A word and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters without quotes.
    Word(String),
    /// Letters in quotes, decoded.
    Quoted(String),
    /// A sign: one of `SIGNS`.
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: &[&str] =
    &["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "&", "|", "!", "(", ")", "[", "]", ","];

/// All words, or the byte at which none begins.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, usize> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    loop {
        let skipped: ModalResult<&str> = take_while(0.., char::is_whitespace).parse_next(&mut input);
        let start = input.current_token_start();
        if skipped.is_err() || input.is_empty() {
            return Ok(tokens);
        }
        let kind = alt((quoted.map(Kind::Quoted), sign.map(Kind::Sign), word.map(Kind::Word)))
            .parse_next(&mut input)
            .map_err(|_| start)?;
        tokens.push(Token { kind, start, end: input.current_token_start() });
    }
}

type Input<'i> = LocatingSlice<&'i str>;

fn sign(input: &mut Input<'_>) -> ModalResult<&'static str> {
    let found = SIGNS.iter().find(|sign| input.starts_with(**sign)).copied();
    match found {
        Some(sign) => sign.value(sign).parse_next(input),
        None => fail.parse_next(input),
    }
}

fn word(input: &mut Input<'_>) -> ModalResult<String> {
    take_while(1.., bare).map(str::to_owned).parse_next(input)
}

/// Jira keeps the other signs for itself; a value with one needs quotes.
fn bare(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"!&|()[]<>=~\"'\\,{}*/%+^$#@?;`".contains(c)
}

fn quoted(input: &mut Input<'_>) -> ModalResult<String> {
    dispatch! { peek(any);
        '"' => delimited('"', inside('"'), '"'),
        '\'' => delimited('\'', inside('\''), '\''),
        _ => fail,
    }
    .parse_next(input)
}

fn inside<'i>(quote: char) -> impl Parser<Input<'i>, String, winnow::error::ErrMode<winnow::error::ContextError>> {
    repeat(0.., alt((none_of([quote, '\\']), preceded('\\', escaped)))).fold(String::new, |mut text, c| {
        text.push(c);
        text
    })
}

fn escaped(input: &mut Input<'_>) -> ModalResult<char> {
    alt((
        one_of(['"', '\'', '\\', ' ']),
        'n'.value('\n'),
        'r'.value('\r'),
        't'.value('\t'),
        preceded('u', take_while(4..=4, |c: char| c.is_ascii_hexdigit()))
            .verify_map(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?)),
    ))
    .parse_next(input)
}
