//! Secrets as they might look where they must not be: plain, in base64, in hex, in an address.

use aho_corasick::AhoCorasick;
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Where a secret may be by its nature. Everywhere else it must not be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Nowhere at all.
    Key,
    /// In what one person is shown while they link, and in what they type.
    Step,
}

/// What is looked for.
#[derive(Default)]
pub struct Needles {
    names: Vec<(&'static str, Kind)>,
    patterns: Vec<Vec<u8>>,
    of: Vec<usize>,
}

impl Needles {
    /// Looks for one more secret. What is short would be found anywhere, and is no secret.
    pub fn add(&mut self, name: &'static str, kind: Kind, secret: &str) {
        if secret.len() < 8 {
            return;
        }
        let at = self.names.len();
        self.names.push((name, kind));
        for form in forms(secret) {
            self.patterns.push(form);
            self.of.push(at);
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// What kinds of secrets, as they were called.
    pub fn names(&self) -> Vec<&'static str> {
        self.names.iter().map(|(name, _)| *name).collect()
    }

    /// The names of those of a kind that stand in a text, each once.
    pub fn found(&self, text: &[u8], kinds: &[Kind]) -> Vec<&'static str> {
        let search = AhoCorasick::new(&self.patterns).unwrap();
        let mut found: Vec<&str> = Vec::new();
        for hit in search.find_overlapping_iter(text) {
            let (name, kind) = self.names[self.of[hit.pattern().as_usize()]];
            if kinds.contains(&kind) && !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }
}

fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let mut forms = vec![bytes.to_vec()];
    // It may begin anywhere within three bytes that become four letters. The letters at the ends depend on the neighbours.
    for before in 0..3 {
        let padded = [&b"   "[..before], bytes].concat();
        let letters = STANDARD.encode(&padded);
        let letters = letters.trim_end_matches('=');
        let from = (before * 8).div_ceil(6);
        let middle = &letters[from..letters.len().saturating_sub(2).max(from)];
        if middle.len() >= 8 {
            forms.push(middle.as_bytes().to_vec());
            forms.push(middle.replace('+', "-").replace('/', "_").into_bytes());
        }
    }
    forms.push(hex::encode(bytes).into_bytes());
    forms.push(hex::encode_upper(bytes).into_bytes());
    forms.push(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string().into_bytes());
    forms.push(form_urlencoded::byte_serialize(bytes).collect::<String>().into_bytes());
    forms.sort();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let secret = "s3cret/with+signs and blanks";
        let mut needles = Needles::default();
        needles.add("it", Kind::Key, secret);
        for before in ["", "a", "ab", "abc"] {
            let whole = format!("{before}{secret}{before}");
            let texts = [
                whole.clone(),
                STANDARD.encode(&whole),
                base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&whole),
                hex::encode(&whole),
                hex::encode_upper(&whole),
                utf8_percent_encode(&whole, NON_ALPHANUMERIC).to_string(),
                form_urlencoded::byte_serialize(whole.as_bytes()).collect::<String>(),
            ];
            for text in texts {
                assert_eq!(needles.found(text.as_bytes(), &[Kind::Key]), ["it"], "{text}");
                assert!(needles.found(text.as_bytes(), &[Kind::Step]).is_empty());
            }
        }
        assert!(needles.found(b"nothing of it", &[Kind::Key]).is_empty());
    }
}
