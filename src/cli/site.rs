//! `usher site`: what an operator enters in Jira.

use std::{fs, io::Write, path::Path};

use clap::Subcommand;
use rsa::{
    RsaPrivateKey,
    pkcs8::{EncodePrivateKey, LineEnding},
};
use secrecy::{ExposeSecret, SecretString};
use usher::{Config, clock::SystemClock, config::LinkConfig, ids::SiteId, jira::Signer, start::redirect_url};

use super::{ConfigPath, Problem, reason};

/// Jira takes 2048 bits and more.
pub const BITS: usize = 2048;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the RSA key of a Data Center site, and print what to enter in Jira
    Keygen {
        /// The site's id
        site: SiteId,
        /// Where the private key goes. Name it as `private_key_file` in the configuration
        #[arg(long, value_name = "FILE")]
        out: Option<std::path::PathBuf>,
        /// How many bits it has: 2048 or more
        #[arg(long, default_value_t = 2048, value_parser = clap::value_parser!(u16).range(2048..=8192))]
        bits: u16,
    },
    /// Print the redirect URL to register for a site that is linked with OAuth 2.0
    RedirectUrl {
        /// The site's id
        site: SiteId,
        #[command(flatten)]
        config: ConfigPath,
    },
}

pub fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::Keygen { site, out, bits } => {
            let path = out.unwrap_or_else(|| format!("{site}.pem").into());
            keygen(&site, &path, usize::from(bits))
        }
        Command::RedirectUrl { site, config } => show_redirect_url(&site, &config.load()?),
    }
}

/// The address goes to standard output, for scripts; where to enter it goes beside.
fn show_redirect_url(site: &SiteId, config: &Config) -> Result<(), Problem> {
    let Some(found) = config.sites.iter().find(|known| known.id == *site) else {
        let known: Vec<&str> = config.sites.iter().map(|site| site.id.as_str()).collect();
        let words = format!("No site has the id `{site}`. The configuration has {}.", known.join(", "));
        return Err(Problem::new(words));
    };
    let steps = match &found.link {
        LinkConfig::Cloud { .. } => {
            "Enter it at https://developer.atlassian.com/console/myapps/ > your app > Authorization > OAuth 2.0 (3LO) > \
             Callback URL, the same to the letter."
                .to_owned()
        }
        LinkConfig::Oauth2 { scopes, .. } => format!(
            "In Jira (8.22 or later), as an administrator: Administration (the cog) > Applications > Application links.\n  \
             1. Press Create link. Application type   External application\n     \
             Direction                             Incoming. Press Continue.\n  \
             2. Name                                  Usher\n     \
             Redirect URL                          the address above, the same to the letter\n     \
             Application permissions               {}. Press Save.\n  \
             3. Client ID and Client secret           into `client_id` and `client_secret` of site `{site}`",
            permission(scopes),
        ),
        LinkConfig::Oauth1 { .. } => {
            return Err(Problem::new(format!(
                "Site `{site}` uses OAuth 1.0a, which needs no redirect URL. `usher site keygen {site}` prints what it needs."
            )));
        }
    };
    println!("{}", redirect_url(&config.public_url, site));
    eprintln!("{steps}");
    Ok(())
}

/// What Jira's dialog calls the highest of these scopes.
fn permission(scopes: &[String]) -> &'static str {
    let asks = |scope: &str| scopes.iter().any(|known| known == scope);
    match (asks("SYSTEM_ADMIN"), asks("ADMIN"), asks("WRITE")) {
        (true, ..) => "System admin",
        (_, true, _) => "Admin",
        (_, _, true) => "Write",
        _ => "Read",
    }
}

/// A fresh RSA key in PEM (PKCS #8).
pub fn new_rsa_key(bits: usize) -> Result<SecretString, Problem> {
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits)?;
    Ok(SecretString::from(key.to_pkcs8_pem(LineEnding::LF)?.to_string()))
}

fn keygen(site: &SiteId, path: &Path, bits: usize) -> Result<(), Problem> {
    let exists = || {
        Problem::new(format!(
            "{} exists already and was left as it is. Name another file with `--out`.",
            path.display()
        ))
    };
    if path.exists() {
        return Err(exists());
    }
    let key = new_rsa_key(bits)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(),
        kind => Problem::new(format!(
            "{} cannot be written: {}. Name another file with `--out`.",
            path.display(),
            reason(kind)
        )),
    })?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.sync_all()?;
    let signer = Signer::new("usher", &key, std::sync::Arc::new(SystemClock))?;
    println!("The private key is in {}. In the configuration of site `{site}`:\n", path.display());
    println!("    auth             = \"oauth1\"\n    consumer_key     = \"usher\"");
    println!("    private_key_file = \"{}\"\n", path.display());
    println!("{STEPS}");
    println!("{}", signer.public_key().trim_end());
    Ok(())
}

/// What an administrator enters in Jira for OAuth 1.0a. Since 8.22 the dialog asks for a kind of application first.
const STEPS: &str = "\
In Jira, as an administrator: Administration (the cog) > Applications > Application links.

Jira 8.0 to 8.21
  1. Enter the URL of the application   your `public_url`, or any other address of yours. Press Create new link.
  2. No response was received           press Continue.

Jira 8.22 and later, 9, 10 and 11
  1. Press Create link. Application type   Atlassian product (External application is OAuth 2.0)
     Application URL                       your `public_url`, or any other address of yours. Press Continue.
  2. No response was received              press Continue.

All of them go on with the page Link applications
  3. Application Name         Usher
     Application Type         Generic Application
     Create incoming link     tick it
     All other fields         leave them empty. Press Continue.
  4. Consumer Key             usher
     Consumer Name            Usher (paste the code only into your own chat with Usher)
     Public Key               the lines below, the first and the last included. Press Continue.
  5. If you edit the link later, under Incoming Authentication
     Consumer Callback URL    leave it empty
     Allow 2-Legged OAuth     leave it off

Where a Jira offers no such link any more, set `auth = \"oauth2\"`: `usher site redirect-url` has the steps.
";
