//! Cuts a query into words, strings and signs.
use winnow::combinator::{alt, delimited, repeat};
use winnow::error::ContextError;
use winnow::stream::{AsChar, LocatingSlice, Location};
use winnow::token::{any, none_of, one_of, take_while};
use winnow::{ModalResult, Parser};

/// A word, a string or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word, which may be a keyword.
    Word(String),
    /// A string in quotes, which is none.
    Quoted(String),
    /// `=`, `!=`, `(` and so on.
    Sign(&'static str),
}

/// A token and where it starts, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub token: Token,
    pub at: usize,
}

type Input<'a> = LocatingSlice<&'a str>;

/// Cuts the whole text. The error is Jira's sentence.
pub(super) fn cut(text: &str) -> Result<Vec<Spanned>, String> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    loop {
        skip_blanks(&mut input);
        let at = input.current_token_start();
        if at >= text.len() {
            return Ok(tokens);
        }
        match token(&mut input) {
            Ok(token) => tokens.push(Spanned { token, at }),
            Err(_) => return Err(unreadable(text, at)),
        }
    }
}

fn skip_blanks(input: &mut Input<'_>) {
    let blanks: ModalResult<&str, ContextError> = take_while(0.., char::is_whitespace).parse_next(input);
    // Zero blanks are fine, so this cannot fail.
    drop(blanks);
}

fn token(input: &mut Input<'_>) -> ModalResult<Token> {
    alt((
        quoted('"').map(Token::Quoted),
        quoted('\'').map(Token::Quoted),
        alt(("!=", "!~", "<=", ">=", "=", "~", "<", ">", "(", ")", ",")).map(|sign: &str| Token::Sign(sign_name(sign))),
        "&&".value(Token::Word("AND".into())),
        alt(("||", "|")).value(Token::Word("OR".into())),
        "&".value(Token::Word("AND".into())),
        "!".value(Token::Word("NOT".into())),
        word.map(Token::Word),
    ))
    .parse_next(input)
}

fn sign_name(sign: &str) -> &'static str {
    ["!=", "!~", "<=", ">=", "=", "~", "<", ">", "(", ")", ","].into_iter().find(|one| *one == sign).unwrap_or("=")
}

fn quoted<'a>(quote: char) -> impl Parser<Input<'a>, String, winnow::error::ErrMode<ContextError>> {
    let piece = alt((
        ('\\', any).map(|(_, letter): (char, char)| match letter {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            other => other,
        }),
        none_of(move |letter: char| letter == quote || letter == '\\'),
    ));
    delimited(
        quote,
        repeat(0.., piece).fold(String::new, |mut text, letter| {
            text.push(letter);
            text
        }),
        quote,
    )
}

/// Letters, digits, `_ - . : / @` and any escaped character; `cf[10001]` is one word too.
fn word(input: &mut Input<'_>) -> ModalResult<String> {
    let plain = one_of(|letter: char| {
        letter.is_alphanumeric() || letter > '\u{7f}' && !letter.is_whitespace() || "_-.:/".contains(letter)
    });
    let escaped = ('\\', any).map(|(_, letter): (char, char)| letter);
    let mut text: String = repeat(1.., alt((plain, escaped)))
        .fold(String::new, |mut text, letter| {
            text.push(letter);
            text
        })
        .parse_next(input)?;
    if text.eq_ignore_ascii_case("cf") {
        let number: ModalResult<&str> = delimited('[', take_while(1.., AsChar::is_dec_digit), ']').parse_next(input);
        if let Ok(number) = number {
            text = format!("cf[{number}]");
        }
    }
    Ok(text)
}

fn unreadable(text: &str, at: usize) -> String {
    let place = place(text, at);
    match text[at..].chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let rest: String = text[at + 1..].chars().take(30).collect();
            format!(
                "Error in the JQL Query: The quoted string '{rest}' has not been completed; it needs a closing {quote}. {place}"
            )
        }
        Some(other) => format!(
            "Error in the JQL Query: The character '{other}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u{:04x}' instead. {place}",
            u32::from(other)
        ),
        None => format!("Error in the JQL Query: The query ended too early. {place}"),
    }
}

/// `(line 1, character 7)`.
pub(super) fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let character = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("(line {line}, character {character})")
}
