//! `usher site`: what an operator enters in Jira.

use std::{fs, io::Write, path::Path};

use clap::Subcommand;
use rsa::{
    RsaPrivateKey,
    pkcs8::{EncodePrivateKey, LineEnding},
};
use secrecy::{ExposeSecret, SecretString};
use usher::{clock::SystemClock, ids::SiteId, jira::Signer, start::redirect_url};

use super::{ConfigPath, Problem, reason};

/// Jira takes 2048 bits and more.
const BITS: usize = 2048;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the RSA key of a Data Center site, and print what to enter in Jira
    Keygen {
        /// The site's id
        site: SiteId,
        /// Where the private key goes. Name it as `private_key_file` in the configuration
        #[arg(long, value_name = "FILE")]
        out: Option<std::path::PathBuf>,
    },
    /// Print the redirect URL to register for a Cloud site
    RedirectUrl {
        /// The site's id
        site: SiteId,
        #[command(flatten)]
        config: ConfigPath,
    },
}

pub fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::Keygen { site, out } => {
            let path = out.unwrap_or_else(|| format!("{site}.pem").into());
            keygen(&site, &path)
        }
        Command::RedirectUrl { site, config } => {
            let config = config.load()?;
            if !config.sites.iter().any(|known| known.id == site) {
                let known: Vec<&str> = config.sites.iter().map(|site| site.id.as_str()).collect();
                let words = format!("No site has the id `{site}`. The configuration has {}.", known.join(", "));
                return Err(Problem::new(words));
            }
            println!("{}", redirect_url(&config.public_url, &site));
            Ok(())
        }
    }
}

/// A fresh RSA key in PEM (PKCS #8).
pub fn new_rsa_key() -> Result<SecretString, Problem> {
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS)?;
    Ok(SecretString::from(key.to_pkcs8_pem(LineEnding::LF)?.to_string()))
}

fn keygen(site: &SiteId, path: &Path) -> Result<(), Problem> {
    let key = new_rsa_key()?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Problem::new(format!(
            "{} exists already and was left as it is. Name another file with `--out`.",
            path.display()
        )),
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
    println!("    consumer_key     = \"usher\"\n    private_key_file = \"{}\"\n", path.display());
    println!("In Jira, as an administrator: Administration > Applications > Application links.");
    println!(
        "  1. Create a link to any address of yours, such as the one of this bot; go on although it does not answer."
    );
    println!(
        "  2. Application name `Usher`, type Generic Application, tick `Create incoming link`, leave the rest empty."
    );
    println!("  3. Consumer key    usher");
    println!("     Consumer name   Usher (paste the code only into your own chat with Usher)");
    println!("     Public key      the lines below\n");
    println!("{}", signer.public_key().trim_end());
    Ok(())
}
