//! Secrets: given as a value or as a file that nobody else can read, never both.

use std::{fs, io, path::Path};

use secrecy::SecretString;

use super::ConfigError;

/// A secret from the key `name` or `name_file`; `whose` tells where the key stands, such as ` of site `acme``.
pub fn secret(
    name: &str,
    whose: &str,
    value: Option<String>,
    file: Option<&Path>,
    base: &Path,
) -> Result<Option<SecretString>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => {
            Err(ConfigError::new(format!("`{name}` and `{name}_file`{whose} are both set. Keep one of them.")))
        }
        (Some(value), None) if value.trim().is_empty() => {
            Err(ConfigError::new(format!("`{name}`{whose} is empty. Set it, or remove the key.")))
        }
        (Some(value), None) => Ok(Some(SecretString::from(value))),
        (None, Some(file)) => private_file(&format!("`{name}_file`{whose}"), &base.join(file)).map(Some),
        (None, None) => Ok(None),
    }
}

/// The content of a file that only its owner can read. `name` is the key that names it, between backticks.
pub fn private_file(name: &str, path: &Path) -> Result<SecretString, ConfigError> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        ConfigError::new(format!(
            "{name} names {shown}, {}. Mend that, or name another file.",
            why_unreadable(error.kind())
        ))
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if open_to_others(&metadata) {
        return Err(ConfigError::new(format!("{name} names {shown}, which others can read. Run `chmod 600 {shown}`.")));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(ConfigError::new(format!("{name} names {shown}, which is empty. Put the secret there."))),
        secret => Ok(SecretString::from(secret.to_owned())),
    }
}

/// What the system says of a file that it does not give, as the end of a sentence.
pub fn why_unreadable(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "which does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "which this user may not read".to_owned(),
        io::ErrorKind::InvalidData => "which is not text".to_owned(),
        other => format!("which cannot be read: {other}"),
    }
}

#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &fs::Metadata) -> bool {
    false
}
