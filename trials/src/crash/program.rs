//! The program under trial: how it is built, set up, started and killed.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, OnceLock},
};

use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use secrecy::SecretString;
use telegram_stand_in::TelegramServer;
use tokio::process::{Child, Command};
use usher::{clock::SystemClock, jira::Signer, keys::KeyRing};
use usher_sandbox::Sandbox;

use crate::table::root;

/// Builds the program with failpoints, like this one: for release or not. Gives its path.
///
/// # Errors
/// What cargo says.
pub async fn build() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let folder =
        own.ancestors().find(|folder| folder.ends_with(profile)).ok_or("this program is in a strange place")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(["build", "--quiet", "-p", "usher"]);
    command.args(["--features", "failpoints", "--bin", "usher-under-trial", "--target-dir"]);
    command.arg(folder.parent().ok_or("this program is in a strange place")?);
    if profile == "release" {
        command.arg("--release");
    }
    let built = command.status().await.map_err(|error| error.to_string())?;
    if built.success() { Ok(folder.join("usher-under-trial")) } else { Err("it could not be built".to_owned()) }
}

/// Places that only new keys and copies of the database come by.
const OF_ROTATION: [&str; 4] = ["keys.", "backup.", "restore.", "adopt."];

/// The names of the places where it can be killed, as they stand in the source: those that people come by, or those that only
/// whoever runs it does, with new keys and copies of the database.
pub fn failpoints(of_rotation: bool) -> Vec<String> {
    let mut names = Vec::new();
    collect(&root().join("src"), &mut names);
    names.retain(|name| OF_ROTATION.iter().any(|part| name.starts_with(part)) == of_rotation);
    names.sort();
    names.dedup();
    names
}

fn collect(folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, names);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let found = text.split("failpoint!(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
            names.extend(found);
        }
    }
}

/// A folder in which the program runs, again and again.
pub struct Program {
    path: PathBuf,
    /// Where its configuration, keys and database are.
    pub folder: PathBuf,
    /// How much it logs.
    pub level: &'static str,
    /// The port for whoever operates it.
    pub ops: u16,
}

impl Program {
    /// Writes keys and configuration.
    pub fn set_up(path: &Path, folder: &Path, sandbox: &Sandbox, telegram: &TelegramServer) -> Self {
        KeyRing::create(&folder.join("usher.key")).unwrap();
        let key = rsa_key();
        let signer = Signer::new("usher", &SecretString::from(key), Arc::new(SystemClock)).unwrap();
        sandbox.set_consumer_key(signer.public_key());
        private(&folder.join("corp.pem"), key);
        let (folder, level) = (folder.to_owned(), "warn");
        Self { path: path.to_owned(), folder, level, ops: 0 }.configured(sandbox, telegram)
    }

    fn configured(mut self, sandbox: &Sandbox, telegram: &TelegramServer) -> Self {
        let (listen, ops) = (free_port(), free_port());
        let text = format!(
            r#"public_url = "http://127.0.0.1:{listen}"
listen = "127.0.0.1:{listen}"
ops_listen = "127.0.0.1:{ops}"
data_dir = "data"
key_file = "usher.key"

[governance]
new_tools = "all"
direct = "contributor"
rate_read = "none"
rate_write = "none"
rate_destructive = "none"
rate_points = "none"

[telegram]
token = "{token}"
api_url = "{api}"

[[site]]
id = "acme"
kind = "cloud"
url = "{cloud}"
client_id = "usher-sandbox"
client_secret = "{secret}"
auth_url = "{auth}"
api_url = "{gateway}"

[[site]]
id = "corp"
kind = "data-center"
url = "{dc}"
consumer_key = "usher"
private_key_file = "corp.pem"
"#,
            token = telegram.token(),
            api = telegram.api_url(),
            cloud = sandbox.cloud_url(),
            auth = sandbox.auth_url(),
            gateway = sandbox.api_url(),
            dc = sandbox.dc_url(),
            secret = sandbox.state().options.read().cloud_client.secret.expose(),
        );
        self.ops = ops;
        sandbox.add_redirect_uri(format!("http://127.0.0.1:{listen}/oauth/callback/acme"));
        private(&self.folder.join("usher.toml"), &text);
        self
    }

    /// Names its owner and its workspace, which the platform knows only now.
    pub fn belongs_to(&self, owner: &str, workspace: &str) {
        let path = self.folder.join("usher.toml");
        let text = fs::read_to_string(&path).unwrap();
        private(&path, &format!("owners = [\"{owner}\"]\nworkspaces = [\"{workspace}\"]\n{text}"));
    }

    /// Starts it, to die at a place when it comes by for the so-manieth time, or nowhere.
    pub fn start(&self, dies_at: Option<(&str, u32)>) -> Child {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log")).unwrap();
        let mut command = Command::new(&self.path);
        command.arg("run").arg("--config").arg(self.folder.join("usher.toml"));
        command.env("USHER_LOG", self.level).env_remove("TRIAL_DIES_AT").kill_on_drop(true);
        if let Some((name, count)) = dies_at {
            command.env("TRIAL_DIES_AT", format!("{name}:{count}"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    /// Runs one of its short commands, and gives all that it said.
    pub async fn says(&self, arguments: &[&str]) -> Vec<u8> {
        let ran = self.short(arguments, None).output().await.unwrap();
        [ran.stdout, ran.stderr].concat()
    }

    /// One of its short commands, to die at a place like [`Self::start`].
    pub fn short(&self, arguments: &[&str], dies_at: Option<(&str, u32)>) -> Command {
        let mut command = Command::new(&self.path);
        command.args(arguments).arg("--config").arg(self.folder.join("usher.toml")).env("USHER_LOG", self.level);
        command.env_remove("TRIAL_DIES_AT").kill_on_drop(true);
        if let Some((name, count)) = dies_at {
            command.env("TRIAL_DIES_AT", format!("{name}:{count}"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The same program over another folder, which has its keys and its configuration.
    pub fn beside(&self, folder: &Path) -> Self {
        Self { path: self.path.clone(), folder: folder.to_owned(), level: self.level, ops: self.ops }
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("data/usher.db")
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }
}

fn private(path: &Path, text: &str) {
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// One key for all: to make one takes seconds.
fn rsa_key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    })
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
