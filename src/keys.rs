//! The keys that seal what the database keeps secret. They live in a file of their own, never in the database.
//!
//! The file is TOML: `active = "k1"`, and each key as `k1 = "…"`, 32 bytes in base64. New envelopes use the active key;
//! the others still open the older ones. From each key, HKDF-SHA256 (RFC 5869) derives one for every purpose.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use rand::{TryRngCore, rngs::OsRng};
use sha2::Sha256;
use zeroize::Zeroizing;

/// 32 bytes that are wiped when they go.
pub type Key = Zeroizing<[u8; 32]>;

/// The first byte of an envelope.
const VERSION: u8 = 1;

/// Bytes of XChaCha20's nonce. Random ones never meet.
const NONCE: usize = 24;

/// A key file is a few lines. What is larger is none.
const LARGEST_FILE: u64 = 64 * 1024;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no file.
    #[error("there is no key file at {}; `usher keys init` makes one", .0.display())]
    Missing(PathBuf),
    /// Somebody else may read it.
    #[error("others can read the key file {}; run `chmod 600 {}`", .0.display(), .0.display())]
    Open(PathBuf),
    /// It is not what a key file should be. Says what is wrong, and quotes nothing.
    #[error("the key file {} cannot be used: {reason}", path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// A new one was to be made, and there is one.
    #[error("there is a key file at {} already; it was left as it is", .0.display())]
    Exists(PathBuf),
    /// The key is in use.
    #[error("`{0}` is the active key; run `usher keys rotate` first")]
    Active(String),
    /// There is no such key.
    #[error("the key file has no `{0}`")]
    Unknown(String),
    /// The file could not be read or written.
    #[error("the key file {}: {error}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
}

/// Why an envelope stays shut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is no envelope of ours.
    #[error("this is not sealed data")]
    Malformed,
    /// The key file lacks its key.
    #[error("the key file lacks `{0}`")]
    UnknownKey(String),
    /// It was changed, or belongs to another row.
    #[error("the sealed data was changed, or stands in the wrong row")]
    Forged,
}

/// All keys of a key file. Clones share them; nothing prints them.
#[derive(Clone)]
pub struct KeyRing {
    active: Arc<str>,
    keys: Arc<BTreeMap<String, Key>>,
}

impl KeyRing {
    /// Reads a key file.
    ///
    /// # Errors
    /// Where it is missing, empty, readable by others, or holds anything but keys.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::Io { path: path.to_owned(), error };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeyError::Missing(path.to_owned())),
            Err(error) => return Err(failed(error)),
        };
        let facts = file.metadata().map_err(failed)?;
        if !facts.is_file() {
            return Err(KeyError::Unusable { path: path.to_owned(), reason: "it is not a file" });
        }
        if others_may_read(&facts) {
            return Err(KeyError::Open(path.to_owned()));
        }
        let mut text = Zeroizing::new(String::new());
        file.take(LARGEST_FILE).read_to_string(&mut text).map_err(failed)?;
        parse(&text).map_err(|reason| KeyError::Unusable { path: path.to_owned(), reason })
    }

    /// A ring with one new key.
    ///
    /// # Errors
    /// Where the operating system has no random bytes.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self { active: "k1".into(), keys: Arc::new(BTreeMap::from([("k1".to_owned(), random_key()?)])) })
    }

    /// Makes a key file with one new key.
    ///
    /// # Errors
    /// [`KeyError::Exists`] where there is one.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let _alone = alone(path)?;
        if path.exists() {
            return Err(KeyError::Exists(path.to_owned()));
        }
        let ring = Self::generate()?;
        ring.save(path)?;
        Ok(ring)
    }

    /// Adds a new key to a key file, which is active from then on. Of two at once, the second adds to what the first wrote:
    /// a key that a start has seen must never be gone again.
    ///
    /// # Errors
    /// As [`Self::load`], and where the file cannot be written.
    pub fn rotate(path: &Path) -> Result<Self, KeyError> {
        if !path.exists() {
            return Err(KeyError::Missing(path.to_owned()));
        }
        let _alone = alone(path)?;
        let ring = Self::load(path)?.rotated()?;
        ring.save(path)?;
        Ok(ring)
    }

    /// The same keys and a new one, which is active.
    ///
    /// # Errors
    /// Where the operating system has no random bytes.
    pub fn rotated(&self) -> Result<Self, KeyError> {
        let highest = self.keys.keys().filter_map(|id| id.strip_prefix('k')?.parse::<u64>().ok()).max().unwrap_or(0);
        let id = format!("k{}", highest.saturating_add(1));
        let mut keys = (*self.keys).clone();
        keys.insert(id.clone(), random_key()?);
        Ok(Self { active: id.into(), keys: Arc::new(keys) })
    }

    /// The same keys but one.
    ///
    /// # Errors
    /// Where that is the active one, or there is none of that id.
    pub fn without(&self, id: &str) -> Result<Self, KeyError> {
        if id == &*self.active {
            return Err(KeyError::Active(id.to_owned()));
        }
        let mut keys = (*self.keys).clone();
        keys.remove(id).ok_or_else(|| KeyError::Unknown(id.to_owned()))?;
        Ok(Self { active: self.active.clone(), keys: Arc::new(keys) })
    }

    /// Writes the key file, for its owner alone. An interrupted write leaves the old one.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyError> {
        let beside = with_suffix(path, ".new");
        let write = || -> io::Result<()> {
            // What an interrupted write left. If it cannot be removed, making it anew fails and says why.
            drop(std::fs::remove_file(&beside));
            let mut file = private_new_file(&beside)?;
            file.write_all(self.text().as_bytes())?;
            file.sync_all()?;
            failpoint!("keys.written");
            std::fs::rename(&beside, path)?;
            failpoint!("keys.renamed");
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        };
        write().map_err(|error| KeyError::Io { path: path.to_owned(), error })
    }

    /// The id of the key that seals.
    pub fn active(&self) -> &str {
        &self.active
    }

    /// The ids of all keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The active key for a purpose.
    pub fn derive(&self, purpose: &str) -> Key {
        expand(&self.keys[&*self.active], purpose)
    }

    /// One of the keys for a purpose.
    pub fn derive_from(&self, id: &str, purpose: &str) -> Option<Key> {
        self.keys.get(id).map(|key| expand(key, purpose))
    }

    /// HMAC-SHA256 under the active key for a purpose.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        hmac(&self.derive(purpose), &[data])
    }

    /// The same under each key: what was kept before a new key came is found by one of them.
    pub fn macs<'a>(&'a self, purpose: &'a str, data: &'a [u8]) -> impl Iterator<Item = [u8; 32]> + 'a {
        self.keys.values().map(move |key| hmac(&expand(key, purpose), &[data]))
    }

    /// For each key a value that tells it from others and gives nothing away. The database keeps them.
    pub fn checks(&self) -> Vec<(String, String)> {
        self.keys.iter().map(|(id, key)| (id.clone(), hex::encode(&expand(key, "check")[..16]))).collect()
    }

    /// Seals something for one place: `aad` names the row, and must be the same when it is opened.
    pub fn seal(&self, plain: &[u8], aad: &[u8]) -> Vec<u8> {
        let header = header(&self.active);
        let nonce: [u8; NONCE] = rand::random();
        let sealed = cipher(&self.derive("seal"))
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &bound(&header, aad) })
            .expect("invariant: XChaCha20-Poly1305 seals anything below 256 GiB");
        [header.as_slice(), &nonce, &sealed].concat()
    }

    /// Opens what [`Self::seal`] made for the same `aad`.
    ///
    /// # Errors
    /// Where it was changed, moved or sealed with a key that is not here.
    pub fn open(&self, sealed: &[u8], aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let id = key_of(sealed).ok_or(OpenError::Malformed)?;
        let key = self.derive_from(id, "seal").ok_or_else(|| OpenError::UnknownKey(id.to_owned()))?;
        let (header, rest) = sealed.split_at(2 + id.len());
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(OpenError::Malformed)?;
        cipher(&key)
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: &bound(header, aad) })
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Forged)
    }

    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(format!(
            "# Keys of usher. Without this file nobody can use the database's links. Keep a copy apart from it.\nactive = \"{}\"\n",
            self.active
        ));
        for (id, key) in &*self.keys {
            text.push_str(&format!("{id} = \"{}\"\n", *Zeroizing::new(STANDARD.encode(key.as_slice()))));
        }
        text
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("active", &self.active).field("ids", &self.keys.keys()).finish()
    }
}

/// The id of the key that an envelope was sealed with. Nothing where it names what no key can be called.
pub fn key_of(sealed: &[u8]) -> Option<&str> {
    let [VERSION, length, rest @ ..] = sealed else { return None };
    std::str::from_utf8(rest.get(..usize::from(*length))?).ok().filter(|id| is_name(id))
}

/// Whether a key may be called so.
fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// HMAC-SHA256 over the parts in a row.
pub fn hmac(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key.as_slice()).expect("invariant: HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Keeps others from changing a key file for as long as what it returns lives. Whoever reads need not wait.
fn alone(path: &Path) -> Result<File, KeyError> {
    let beside = with_suffix(path, ".lock");
    let locked = private_file(&beside).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| KeyError::Io { path: beside, error })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn parse(text: &str) -> Result<KeyRing, &'static str> {
    if text.trim().is_empty() {
        return Err("it is empty");
    }
    // The error is dropped because it would quote the line.
    let table: BTreeMap<String, String> = toml::from_str(text).map_err(|_| "it is not a list of `name = \"key\"`")?;
    let mut active = None;
    let mut keys = BTreeMap::new();
    for (name, value) in table {
        let value = Zeroizing::new(value);
        if name == "active" {
            active = Some(value.to_string());
            continue;
        }
        if !is_name(&name) {
            return Err("a key's name may have 32 letters, digits and `-`");
        }
        let bytes = Zeroizing::new(STANDARD.decode(value.trim()).map_err(|_| "a key is not base64")?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| "a key does not have 32 bytes")?;
        if key.iter().all(|byte| *byte == key[0]) {
            return Err("a key is one byte repeated, which is no secret");
        }
        keys.insert(name, Zeroizing::new(key));
    }
    let active = active.ok_or("it does not say which key is `active`")?;
    if keys.contains_key(&active) {
        Ok(KeyRing { active: active.into(), keys: Arc::new(keys) })
    } else {
        Err("its `active` names no key in it")
    }
}

fn random_key() -> Result<Key, KeyError> {
    let mut key = Zeroizing::new([0; 32]);
    OsRng
        .try_fill_bytes(key.as_mut_slice())
        .map_err(|error| KeyError::Io { path: "the system's random bytes".into(), error: io::Error::other(error) })?;
    Ok(key)
}

fn expand(key: &Key, purpose: &str) -> Key {
    let mut out = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"usher 1"), key.as_slice())
        .expand(purpose.as_bytes(), out.as_mut_slice())
        .expect("invariant: HKDF-SHA256 gives up to 8160 bytes");
    out
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.as_slice().into())
}

fn header(id: &str) -> Vec<u8> {
    let length = u8::try_from(id.len()).expect("invariant: a key's name has at most 32 bytes");
    [&[VERSION, length], id.as_bytes()].concat()
}

/// The header says how long it is, so that the two never blur.
fn bound(header: &[u8], aad: &[u8]) -> Vec<u8> {
    [header, aad].concat()
}

#[cfg(unix)]
fn others_may_read(facts: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    facts.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn others_may_read(_: &std::fs::Metadata) -> bool {
    false
}

fn private_new_file(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

fn private_file(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create(true).truncate(false)).open(path)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(test)]
mod tests;
