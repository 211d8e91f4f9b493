//! Signs requests to Data Center: OAuth 1.0a with RSA-SHA1 (RFC 5849, section 3.4.3).

use std::{
    fmt::{self, Write as _},
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use http::HeaderMap;
use oauth1_request::{Builder, Credentials, ParameterList, signature_method::rsa_sha1_09::RsaSha1};
use parking_lot::RwLock;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, header::HeaderValue};
use rsa::{
    RsaPrivateKey,
    pkcs1::DecodeRsaPrivateKey,
    pkcs8::{DecodePrivateKey, EncodePublicKey, LineEnding},
    traits::PublicKeyParts,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::errors::OauthProblem;
use crate::{clock::Clock, error::JiraError};

/// The smallest key that is taken, in bits.
const SMALLEST: usize = 2048;
/// RFC 5849, section 3.6: everything but these is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The private key of an application link cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// It is no PEM with an RSA private key.
    #[error("the file holds no RSA private key in PEM form (`BEGIN PRIVATE KEY` or `BEGIN RSA PRIVATE KEY`)")]
    NotAKey,
    /// It is encrypted.
    #[error("the private key is encrypted with a passphrase. Store it without one, readable by Usher alone")]
    Encrypted,
    /// It is too short to be safe.
    #[error("the private key has {bits} bits. Make one with at least 2048")]
    TooSmall {
        /// Its length.
        bits: usize,
    },
    /// Its numbers do not belong together.
    #[error("the private key is damaged")]
    Damaged,
    /// The consumer key is empty or holds control characters.
    #[error("the consumer key is empty or holds control characters")]
    ConsumerKey,
}

/// An application link's consumer key and private key.
pub struct Signer {
    consumer: String,
    keys: RwLock<Arc<Keys>>,
    clock: Arc<dyn Clock>,
    /// Seconds by which Jira's clock is ahead of ours, as far as we know.
    ahead: AtomicI64,
}

/// A private key, and the public one that belongs to it.
struct Keys {
    private: RsaSha1,
    public: String,
}

/// What goes into a signature besides the request itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct OauthWith<'a> {
    /// A request token or an access token.
    pub token: Option<&'a SecretString>,
    /// `oauth_callback`, for a request token: `oob`.
    pub callback: Option<&'a str>,
    /// `oauth_verifier`, for an access token: the code that Jira showed.
    pub verifier: Option<&'a str>,
    /// `oauth_session_handle`, to exchange an old access token for a new one.
    pub session_handle: Option<&'a SecretString>,
}

impl Signer {
    /// Reads the private key (PKCS #8 or PKCS #1, PEM) and checks it.
    pub fn new(consumer_key: &str, pem: &SecretString, clock: Arc<dyn Clock>) -> Result<Self, SignerError> {
        let pem = pem.expose_secret();
        if consumer_key.is_empty() || consumer_key.chars().any(char::is_control) {
            return Err(SignerError::ConsumerKey);
        }
        if pem.contains("ENCRYPTED") {
            return Err(SignerError::Encrypted);
        }
        let key = RsaPrivateKey::from_pkcs8_pem(pem)
            .or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem))
            .map_err(|_| SignerError::NotAKey)?;
        let bits = key.n().bits();
        if bits < SMALLEST {
            return Err(SignerError::TooSmall { bits });
        }
        key.validate().map_err(|_| SignerError::Damaged)?;
        let public = key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|_| SignerError::Damaged)?;
        let keys = RwLock::new(Arc::new(Keys { private: RsaSha1::new(key), public }));
        Ok(Self { consumer: consumer_key.to_owned(), keys, clock, ahead: AtomicI64::new(0) })
    }

    /// The consumer key.
    pub fn consumer_key(&self) -> &str {
        &self.consumer
    }

    /// The public key in PEM form, as an administrator enters it in Jira.
    pub fn public_key(&self) -> String {
        self.keys.read().public.clone()
    }

    /// Signs with another's key from now on. False: it is the same key.
    pub fn take_key(&self, other: &Self) -> bool {
        let newer = Arc::clone(&other.keys.read());
        let mut keys = self.keys.write();
        let changes = keys.public != newer.public;
        *keys = newer;
        changes
    }

    /// The `Authorization` header for one request, with a new nonce and timestamp.
    ///
    /// The query of `url` is signed; a JSON body is not (RFC 5849, section 3.4.1.3.1). A name that stands several times
    /// in the query must have ASCII values, for the builder sorts them before it encodes them.
    pub fn sign(&self, method: &Method, url: &Url, with: &OauthWith<'_>) -> Result<HeaderValue, JiraError> {
        let now = u64::try_from(self.clock.seconds().saturating_add(self.ahead.load(Ordering::Relaxed))).unwrap_or(0);
        self.sign_at(method, url, with, &Stamp { time: now.max(1), nonce: &format!("{:032x}", rand::random::<u128>()) })
    }

    /// Learns from a refused timestamp how far Jira's clock is ahead. Says whether the answer told its time.
    pub fn learn(&self, headers: &HeaderMap, problem: &OauthProblem) -> bool {
        let theirs = problem.acceptable.map(|(least, most)| least + (most - least) / 2).or_else(|| {
            let date = headers.get(reqwest::header::DATE)?.to_str().ok()?;
            Some(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?.as_second())
        });
        let Some(theirs) = theirs else { return false };
        self.ahead.store(theirs.saturating_sub(self.clock.seconds()), Ordering::Relaxed);
        true
    }

    fn sign_at(
        &self,
        method: &Method,
        url: &Url,
        with: &OauthWith<'_>,
        stamp: &Stamp<'_>,
    ) -> Result<HeaderValue, JiraError> {
        let mut pairs: Vec<(String, String)> =
            url.query_pairs().map(|(name, value)| (encoded_twice(&name), value.into_owned())).collect();
        let handle = with.session_handle.map(ExposeSecret::expose_secret);
        if let Some(handle) = handle {
            pairs.push(("oauth_session_handle".into(), handle.to_owned()));
        }
        let mut bare = url.clone();
        bare.set_query(None);
        bare.set_fragment(None);

        let keys = Arc::clone(&self.keys.read());
        let mut builder = Builder::<_, _, &str>::new(Credentials::new(self.consumer.as_str(), ""), &keys.private);
        builder
            .token(with.token.map(|token| Credentials::new(token.expose_secret(), "")))
            .callback(with.callback)
            .verifier(with.verifier)
            .nonce(stamp.nonce)
            .timestamp(NonZeroU64::new(stamp.time))
            .version(true);
        let mut header = builder.authorize(method.as_str(), bare.as_str(), &ParameterList::new(pairs));
        if let Some(handle) = handle {
            // Signed above like any parameter; the builder has no place for it in the header.
            let _ = write!(header, r#",oauth_session_handle="{}""#, utf8_percent_encode(handle, ENCODED));
        }
        let mut header = HeaderValue::from_str(&header).map_err(|_| JiraError::Unauthorized)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// The builder encodes values and leaves names as they are; in the base string both stand encoded twice.
fn encoded_twice(name: &str) -> String {
    let once = utf8_percent_encode(name, ENCODED).to_string();
    utf8_percent_encode(&once, ENCODED).to_string()
}

struct Stamp<'a> {
    time: u64,
    nonce: &'a str,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("consumer", &self.consumer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    const KEY: &str = include_str!("fixtures/consumer-for-tests.pem");
    const STAMP: Stamp<'_> = Stamp { time: 1_196_666_512, nonce: "n0nce" };

    fn signer(pem: &str) -> Result<Signer, SignerError> {
        let clock = ManualClock::at(jiff::Timestamp::from_second(1_000_000).unwrap());
        Signer::new("usher key", &SecretString::from(pem), Arc::new(clock))
    }

    fn part(header: &HeaderValue, name: &str) -> Option<String> {
        let text = header.to_str().unwrap().strip_prefix("OAuth ").unwrap();
        let found = text.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(found.trim_matches('"').to_owned())
    }

    /// The signatures were made with `openssl dgst -sha1 -sign` over base strings written by hand after RFC 5849.
    #[test]
    fn a_signature_is_the_one_that_openssl_makes() {
        let signer = signer(KEY).unwrap();
        let token = SecretString::from("tok/en");
        let with = OauthWith { token: Some(&token), ..OauthWith::default() };

        let mut url: Url = "https://CORP.example:8443/jira/rest/api/2/search#x".parse().unwrap();
        url.query_pairs_mut().extend_pairs([
            ("jql", "summary ~ \"Größe+%, x\""),
            ("fields", "b"),
            ("fields", "a"),
            ("maxResults", "1"),
            ("a b", "c d"),
        ]);
        let header = signer.sign_at(&Method::GET, &url, &with, &STAMP).unwrap();
        assert!(header.is_sensitive());
        assert_eq!(
            part(&header, "oauth_signature").unwrap(),
            "hP%2FwyXkuGgWZObzcyLEGv3VKHgPe%2F9sXAhh2yVuteem%2BfMF17PKervmI5Q8wwxhkMrDlfmezIEZK1XKdDtL2Lgu0V12GF2PIWaHi\
             RYaHOnG0aBUZsKJqUmutwXm6pRMJEubsr1PCr1adIF7D3RSe9M3BSPMh5WxyejONUZTViLGTehsPvSfJJWWPav%2FTIycBR53V3cEhi%2B3\
             gRx8Y7cTyPyJhqLau%2Fqn5ckipIWIOmZau7uR29XAzAaD5846I6T3gBDgXxp61urEZWmKGAWwWsaQRtuxn4bI335R3lEW%2FVyTE3TyvLo\
             UyQXlaRV6%2FO3Kh7LKxs5rBt%2FaN072tWo%2B2oQ%3D%3D"
        );

        let url = "https://corp.example/plugins/servlet/oauth/access-token".parse().unwrap();
        let handle = SecretString::from("han/dle=");
        let with = OauthWith { session_handle: Some(&handle), ..with };
        let header = signer.sign_at(&Method::POST, &url, &with, &STAMP).unwrap();
        assert_eq!(part(&header, "oauth_session_handle").unwrap(), "han%2Fdle%3D");
        assert_eq!(
            part(&header, "oauth_signature").unwrap(),
            "3PR%2FRjcrYr9zWbYnBl7n8kATqlilzHOAXSFa6q2yfWsm5GrxYU8DVwEGCcEszwPtV8zPQ950v1QBrbmPigGKLgqhNZyCfJGd7DXXGnvZ\
             pdser5fFfRJN%2Blnb6uBSetkLZA5CN7ZzrMF4QpgmOSGZ9jhydUqJiG%2FAjaXMuczSZ8A9SGsCVmItLKYjGd6YoOMKmt5JsUykLltVi3N\
             1Ufhzwb8t1ce%2BHy7ikBa23HMitX6d%2BQps2K%2Fw2%2BqzrO1oeZaaIGny8%2FmcdVQeNea9z3Thv%2FYLcciOmMQWmoK1d9h0qKOHQA\
             5Ga%2FpuXfTKOgSh2u%2B5Mut%2B7y63Xv%2BwVrUtefnUzw%3D%3D"
        );
    }

    #[test]
    fn every_request_is_signed_with_its_own_nonce_and_jiras_time() {
        let signer = signer(KEY).unwrap();
        let url = "https://corp.example/plugins/servlet/oauth/request-token".parse().unwrap();
        let with = OauthWith { callback: Some("oob"), ..OauthWith::default() };
        let sign = || signer.sign(&Method::POST, &url, &with).unwrap();
        let (one, two) = (sign(), sign());
        assert_ne!(part(&one, "oauth_nonce"), part(&two, "oauth_nonce"));
        assert_eq!(part(&one, "oauth_callback").unwrap(), "oob");
        assert_eq!(part(&one, "oauth_timestamp").unwrap(), "1000000");

        let problem = OauthProblem { problem: "timestamp_refused".into(), advice: None, acceptable: None };
        assert!(!signer.learn(&HeaderMap::new(), &problem));
        let mut headers = HeaderMap::new();
        headers.insert("date", HeaderValue::from_static("Thu, 01 Jan 1970 00:20:00 GMT"));
        assert!(signer.learn(&headers, &problem));
        assert_eq!(part(&sign(), "oauth_timestamp").unwrap(), "1200");
        assert!(signer.learn(&headers, &OauthProblem { acceptable: Some((4000, 6000)), ..problem }));
        assert_eq!(part(&sign(), "oauth_timestamp").unwrap(), "5000");
    }

    #[test]
    fn a_key_is_checked_when_it_is_loaded() {
        let pkcs1 = signer(include_str!("fixtures/consumer-for-tests-pkcs1.pem")).unwrap();
        assert_eq!(pkcs1.public_key(), signer(KEY).unwrap().public_key());
        assert!(pkcs1.public_key().starts_with("-----BEGIN PUBLIC KEY-----\n"));

        let short = signer(include_str!("fixtures/consumer-too-short.pem")).unwrap_err();
        assert_eq!(short.to_string(), "the private key has 1024 bits. Make one with at least 2048");
        assert_eq!(signer(&pkcs1.public_key()).unwrap_err(), SignerError::NotAKey);
        assert_eq!(signer("").unwrap_err(), SignerError::NotAKey);
        assert_eq!(signer("-----BEGIN ENCRYPTED PRIVATE KEY-----").unwrap_err(), SignerError::Encrypted);
        let clock = Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH));
        assert_eq!(Signer::new("", &KEY.into(), clock).unwrap_err(), SignerError::ConsumerKey);
        assert_eq!(format!("{pkcs1:?}"), r#"Signer { consumer: "usher key", .. }"#);
    }
}
