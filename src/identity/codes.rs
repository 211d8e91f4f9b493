//! Codes that people carry from the browser to the chat: what they look like, how they are made, how they are kept.

use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use url::Url;

use crate::ids::IssueKey;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;
const LONGEST_WORD: usize = 64;
const LONGEST_ADDRESS: usize = 2048;

/// A text that has the shape of a code. Whether it is one depends on who sent it and what they wait for.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    link: Option<String>,
    word: Option<String>,
    address: Option<Verifier>,
    spelled: bool,
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Candidate")
    }
}

/// A verification code out of a pasted address.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Verifier {
    pub code: String,
    pub token: Option<String>,
}

/// The one function that decides whether a text may be a code. It looks at the shape alone:
///
/// - eight characters of Crockford's alphabet, with at most one `-` or space in the middle, in any case; `O` is read as
///   `0`, `I` and `L` as `1`. That is the code of our own page.
/// - one word of letters and digits. That may be Jira Data Center's verification code.
/// - an address that carries `oauth_verifier`. That is where Jira shows no code.
///
/// Commands come first: what the router knows as a command is never asked about here.
pub fn candidate(text: &str) -> Option<Candidate> {
    let text = text.trim().trim_matches('`').trim();
    if text.is_empty() || text.len() > LONGEST_ADDRESS {
        return None;
    }
    if let Some(verifier) = verifier(text) {
        return Some(Candidate { link: None, word: None, address: Some(verifier), spelled: false });
    }
    let word = (text.len() <= LONGEST_WORD && text.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| text.to_owned());
    let link = crockford(text);
    let spelled = link.is_some() && spelled_as_ours(text);
    (link.is_some() || word.is_some()).then_some(Candidate { link, word, address: None, spelled })
}

impl Candidate {
    /// Whether it is written as our page spells a code, such as `K7Q2-9XMD`, and is no issue key. Silence would not help
    /// whoever sends one that has ended.
    pub fn is_spelled_as_ours(&self) -> bool {
        self.spelled
    }

    /// The code of our own page, as it is hashed.
    pub(super) fn link_code(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// What Data Center would accept as a verification code, and the request token that a pasted address names.
    pub(super) fn verifier(&self) -> Option<(&str, Option<&str>)> {
        match &self.address {
            Some(Verifier { code, token }) => Some((code, token.as_deref())),
            None => self.word.as_deref().map(|word| (word, None)),
        }
    }

    /// Whether it is more likely something else: an issue key such as `DEMO-1234` has the same shape. No code of ours
    /// is made like that.
    pub(super) fn is_issue_key(&self) -> bool {
        self.word.is_none() && self.link.as_deref().is_some_and(looks_like_key)
    }

    /// Whether a word said in passing is so unlike a word that it must be a verification code: an address with one,
    /// or letters mixed with digits or with capitals inside.
    pub(super) fn is_surely_verifier(&self) -> bool {
        let Some(word) = &self.word else { return self.address.is_some() };
        let digit = word.bytes().any(|b| b.is_ascii_digit());
        let letter = word.bytes().any(|b| b.is_ascii_alphabetic());
        let inner_capital = word.bytes().skip(1).any(|b| b.is_ascii_uppercase());
        let small = word.bytes().any(|b| b.is_ascii_lowercase());
        (5..=16).contains(&word.len()) && letter && (digit || (inner_capital && small))
    }
}

/// Of a text that has the shape of our codes, whether it is one as our page writes it, rather than two words.
fn spelled_as_ours(text: &str) -> bool {
    text.contains('-')
        && (text.bytes().any(|byte| byte.is_ascii_digit()) || !text.bytes().any(|byte| byte.is_ascii_lowercase()))
        && text.parse::<IssueKey>().is_err()
}

fn crockford(text: &str) -> Option<String> {
    let mut code = String::with_capacity(LENGTH);
    let mut seen_gap = false;
    for c in text.chars() {
        match c.to_ascii_uppercase() {
            '-' | ' ' | '\u{2010}' | '\u{2011}' | '\u{2013}' if code.len() == LENGTH / 2 && !seen_gap => {
                seen_gap = true;
            }
            'O' => code.push('0'),
            'I' | 'L' => code.push('1'),
            c if c.is_ascii() && ALPHABET.contains(&(c as u8)) => code.push(c),
            _ => return None,
        }
        if code.len() > LENGTH {
            return None;
        }
    }
    (code.len() == LENGTH).then_some(code)
}

fn verifier(text: &str) -> Option<Verifier> {
    if !text.contains("oauth_verifier=") || text.contains(char::is_whitespace) {
        return None;
    }
    let query = match Url::parse(text) {
        Ok(url) => url.query()?.to_owned(),
        Err(_) => text.rsplit('?').next()?.to_owned(),
    };
    let pick = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty() && value.len() <= LONGEST_WORD * 4)
    };
    // Jira writes `denied` there when the person said no. That is an answer as well, and the exchange reports it.
    Some(Verifier { code: pick("oauth_verifier")?, token: pick("oauth_token") })
}

fn looks_like_key(code: &str) -> bool {
    let (project, number) = code.split_at(LENGTH / 2);
    format!("{project}-{number}").parse::<IssueKey>().is_ok()
}

/// A fresh code of our own page: 40 random bits, never in the shape of an issue key.
pub(super) fn fresh_code() -> String {
    loop {
        let bits = u64::from_be_bytes(random());
        let code: String = (0..LENGTH).map(|i| char::from(ALPHABET[(bits >> (5 * i)) as usize & 31])).collect();
        if !looks_like_key(&code) && code.bytes().any(|b| b.is_ascii_alphabetic()) {
            return code;
        }
    }
}

/// The code as people read it: `K7Q2-9XMD`.
pub(super) fn spell(code: &str) -> String {
    let (first, second) = code.split_at(LENGTH / 2);
    format!("{first}-{second}")
}

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).expect("invariant: the operating system gives random bytes");
    bytes
}

/// A fresh secret of `N` random bytes for an address or a cookie, in URL-safe base64.
pub(super) fn fresh_secret<const N: usize>() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<N>())
}

/// What is kept of a ticket, a state or a cookie: a SHA-256 under the purpose's name. All three are long and random.
pub(super) fn hash_secret(purpose: &str, secret: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(purpose.as_bytes());
    hasher.update([0]);
    hasher.update(secret.as_bytes());
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_codes_are_read_in_any_case_and_with_one_gap() {
        for text in ["K7Q2-9XMD", "k7q2 9xmd", "K7Q29XMD", " `k7q2-9xmd` ", "k7q2–9xmd"] {
            assert_eq!(candidate(text).unwrap().link_code(), Some("K7Q29XMD"), "{text}");
        }
        assert_eq!(candidate("oIlO-abcd").unwrap().link_code(), Some("0110ABCD"));
        for text in ["K7Q-29XMD", "K7Q2--9XMD", "K7Q2-9XM", "K7Q2-9XMDA", "K7U2-9XMD", "K7Q2-9XMÐ", "", "hello there"]
        {
            assert!(candidate(text).is_none_or(|c| c.link_code().is_none()), "{text}");
        }
    }

    #[test]
    fn an_address_has_an_end_and_nothing_prints_a_code() {
        let address = |length: usize| {
            let start = "https://jira.example/oauth?oauth_verifier=GhX91b&rest=";
            format!("{start}{}", "a".repeat(length - start.len()))
        };
        assert!(candidate(&address(LONGEST_ADDRESS)).is_some());
        assert!(candidate(&address(LONGEST_ADDRESS + 1)).is_none());
        assert!(candidate(&address(LONGEST_ADDRESS + 2)).is_none());
        assert_eq!(format!("{:?}", candidate("GhX91b")), "Some(Candidate)");
    }

    #[test]
    fn a_word_may_be_a_verification_code() {
        let code = candidate("GhX91b").unwrap();
        assert_eq!(code.verifier(), Some(("GhX91b", None)));
        assert_eq!(code.link_code(), None);
        for text in ["not one word", "a/b", "é", "x-1", &"a".repeat(65)] {
            assert!(candidate(text).is_none(), "{text}");
        }
        assert!(candidate("GhX91b").unwrap().is_surely_verifier());
        for word in ["abcd1", "ABCD1", "heLlo", "abcdefghijklmno1"] {
            assert!(candidate(word).unwrap().is_surely_verifier(), "{word}");
        }
        for word in ["hello", "Hello", "HELLO", "12345", "lol", "abc1", "abcdefghijklmnop1"] {
            assert!(!candidate(word).unwrap().is_surely_verifier(), "{word}");
        }
        assert!(!candidate("K7Q2-9XMD").unwrap().is_surely_verifier());
        assert_eq!(candidate("K7Q2-9XMD").unwrap().verifier(), None);
    }

    #[test]
    fn a_code_is_told_from_two_words_and_from_an_issue_key() {
        for text in ["K7Q2-9XMD", "k7q2-9xmd", "ABCD-EFGH", " `K7Q2-9XMD` ", "1234-5678"] {
            assert!(candidate(text).unwrap().is_spelled_as_ours(), "{text}");
        }
        for text in ["K7Q29XMD", "K7Q2 9XMD", "code-base", "DEMO-1234", "https://x-y/?oauth_verifier=GhX91b"] {
            assert!(!candidate(text).unwrap().is_spelled_as_ours(), "{text}");
        }
    }

    #[test]
    fn an_address_with_a_verifier_counts() {
        let pasted = candidate("https://jira.corp.example/x?oauth_token=t%2B1&oauth_verifier=GhX91b").unwrap();
        assert_eq!(pasted.verifier(), Some(("GhX91b", Some("t+1"))));
        assert!(pasted.is_surely_verifier());
        assert_eq!(candidate("?oauth_token=t&oauth_verifier=v").unwrap().verifier(), Some(("v", Some("t"))));
        assert!(candidate("https://jira.corp.example/x?oauth_verifier=").is_none());
        let of = |length: usize| candidate(&format!("?oauth_verifier={}", "a".repeat(length)));
        assert!(of(4 * LONGEST_WORD).is_some());
        assert!(of(4 * LONGEST_WORD + 1).is_none());
        assert!(candidate("see https://x/?oauth_verifier=a").is_none());
    }

    #[test]
    fn fresh_codes_are_never_issue_keys() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..2000 {
            let code = fresh_code();
            // Of 40 random bits, two in 2,000 are equal once in half a million runs.
            assert!(seen.insert(code.clone()), "{code} was there before");
            assert_eq!(candidate(&spell(&code)).unwrap().link_code(), Some(code.as_str()));
            assert!(!candidate(&spell(&code)).unwrap().is_issue_key());
        }
        assert!(candidate("DEMO-1234").unwrap().is_issue_key());
    }

    #[test]
    fn hashes_differ_by_purpose() {
        assert_ne!(hash_secret("ticket", "x"), hash_secret("state", "x"));
        assert_eq!(fresh_secret::<16>().len(), 22);
        assert_ne!(fresh_secret::<32>(), fresh_secret::<32>());
    }
}
