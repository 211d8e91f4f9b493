//! Reads the OAuth 1.0a parameters of a request, builds its signature base string (RFC 5849, 3.4.1), and verifies RSA-SHA1.
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header;
use http::request::Parts;
use parking_lot::Mutex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use sha1::Sha1;
use url::Url;

use super::problem::Problem;

/// Everything but the unreserved characters (RFC 5849, 3.6).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request as OAuth 1.0a sees it: method, address without query, and every parameter that is signed, `oauth_signature` included.
#[derive(Debug)]
pub(super) struct Message {
    method: String,
    address: String,
    parameters: Vec<(String, String)>,
}

impl Message {
    /// Collects the parameters of the `Authorization: OAuth` header, of the query, and of a form body (RFC 5849, 3.4.1.3.1).
    /// `base` is the public address of the listener and `path` the path as the client sent it.
    pub fn read(parts: &Parts, base: &str, path: &str, body: &[u8]) -> Self {
        let mut parameters = header_parameters(parts).unwrap_or_default();
        parameters.extend(pairs(parts.uri.query().unwrap_or_default().as_bytes()));
        if is_form(parts) {
            parameters.extend(pairs(body));
        }
        Self { method: parts.method.as_str().to_ascii_uppercase(), address: address(base, path), parameters }
    }

    /// A parameter that OAuth defines, or the problem that it is absent (empty counts as present, as in net.oauth).
    pub fn need(&self, name: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::new("parameter_absent").with("oauth_parameters_absent", name))
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses an OAuth parameter that is given twice.
    pub fn refuse_repetition(&self) -> Result<(), Problem> {
        let mut seen: Vec<&str> = Vec::new();
        for (name, _) in self.parameters.iter().filter(|(name, _)| name.starts_with("oauth_")) {
            if seen.contains(&name.as_str()) {
                return Err(Problem::new("parameter_rejected").with("oauth_parameters_rejected", escape(name)));
            }
            seen.push(name);
        }
        Ok(())
    }

    /// The signature base string.
    pub fn base_string(&self) -> String {
        let signed = self.parameters.iter().filter(|(name, _)| name != "oauth_signature");
        let mut escaped: Vec<_> = signed.map(|(name, value)| (escape(name), escape(value))).collect();
        escaped.sort();
        let joined: Vec<_> = escaped.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}&{}&{}", self.method, escape(&self.address), escape(&joined.join("&")))
    }
}

/// The parameters of an `Authorization: OAuth` header without its realm; None without such a header.
pub(super) fn header_parameters(parts: &Parts) -> Option<Vec<(String, String)>> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, list) = value.split_once(char::is_whitespace)?;
    if !scheme.eq_ignore_ascii_case("oauth") {
        return None;
    }
    let named = list.split(',').filter_map(|item| item.trim().split_once('='));
    let unquoted = named.filter_map(|(name, value)| {
        let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
        Some((unescape(name.trim()), unescape(value)))
    });
    Some(unquoted.filter(|(name, _)| !name.eq_ignore_ascii_case("realm")).collect())
}

/// Whether a body takes part in the signature.
pub(super) fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Percent encoding as OAuth 1.0a wants it: a space is `%20`.
pub(super) fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The public key of the application link, parsed once per text.
#[derive(Debug, Default)]
pub(super) struct KeyCache(Mutex<Option<(String, Arc<VerifyingKey<Sha1>>)>>);

impl KeyCache {
    /// The key of this PEM text (SPKI or PKCS#1); None where it is no RSA public key.
    pub fn key(&self, pem: &str) -> Option<Arc<VerifyingKey<Sha1>>> {
        let mut cached = self.0.lock();
        if let Some((_, key)) = cached.as_ref().filter(|(known, _)| known == pem) {
            return Some(Arc::clone(key));
        }
        let key = RsaPublicKey::from_public_key_pem(pem.trim()).ok();
        let key = key.or_else(|| RsaPublicKey::from_pkcs1_pem(pem.trim()).ok())?;
        let key = Arc::new(VerifyingKey::<Sha1>::new(key));
        *cached = Some((pem.to_owned(), Arc::clone(&key)));
        Some(key)
    }
}

/// Whether `signature` (Base64) is this key's RSA-SHA1 signature of the base string (RFC 5849, 3.4.3).
pub(super) fn is_signed(key: &VerifyingKey<Sha1>, base_string: &str, signature: &str) -> bool {
    let decoded = STANDARD.decode(signature).ok();
    let signature = decoded.and_then(|bytes| Signature::try_from(bytes.as_slice()).ok());
    signature.is_some_and(|signature| key.verify(base_string.as_bytes(), &signature).is_ok())
}

fn pairs(input: &[u8]) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(input).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

/// RFC 5849, 3.4.1.2: scheme and host in lower case, the default port left out, no query.
fn address(base: &str, path: &str) -> String {
    let origin = Url::parse(base).map(|url| url.origin().ascii_serialization());
    let context = Url::parse(base).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
    format!("{}{context}{path}", origin.unwrap_or_default())
}

fn unescape(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 5849, 3.4.1.1, with the parameters of 3.4.1.3.1.
    #[test]
    fn the_base_string_of_the_rfc() {
        let request = http::Request::builder()
            .method("POST")
            .uri("/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header(
                "Authorization",
                r#"OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D""#,
            )
            .body(())
            .expect("a request");
        let parts = request.into_parts().0;
        let message = Message::read(&parts, "HTTP://EXAMPLE.COM:80", "/request", b"c2&a3=2+q");
        assert_eq!(
            message.base_string(),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
        assert_eq!(message.get("oauth_signature"), Some("bYT5CMsGcbgUdFHObYMEfcx6bsw="));
    }

    #[test]
    fn a_port_and_a_context_path_stay_in_the_address() {
        assert_eq!(
            address("https://Jira.corp.example:8443/jira/", "/rest/api/2"),
            "https://jira.corp.example:8443/jira/rest/api/2"
        );
        assert_eq!(address("https://jira.corp.example:443", "/a%20b"), "https://jira.corp.example/a%20b");
    }

    #[test]
    fn text_beyond_ascii_is_escaped_as_utf_8() {
        assert_eq!(escape("Ladies + Gentlemen ☃ ~"), "Ladies%20%2B%20Gentlemen%20%E2%98%83%20~");
    }
}
