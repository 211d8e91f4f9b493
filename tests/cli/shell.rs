//! A folder in which the program runs as a process of its own.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A folder with a configuration, in which the program runs.
pub struct Shell {
    folder: TempDir,
}

/// What a command left behind.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Shell {
    /// With a configuration that names one site, which nobody answers for.
    pub fn new() -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap() };
        shell.write("usher.toml", &config("127.0.0.1:0", "127.0.0.1:0"));
        shell
    }

    /// That also has a key file.
    pub fn with_key() -> Self {
        let shell = Self::new();
        assert_eq!(shell.usher(&["keys", "init"]).code, 0);
        shell
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that nobody else can read.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Runs the program to its end.
    pub fn usher(&self, args: &[&str]) -> Ran {
        self.usher_hearing("", args)
    }

    /// Runs the program to its end, with this as its input.
    pub fn usher_hearing(&self, input: &str, args: &[&str]) -> Ran {
        let mut child = self.start(args);
        // A program that ends at once may close its input before this is written.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let ended = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: ended.status.code().unwrap(), out: text(ended.stdout), err: text(ended.stderr) }
    }

    /// Starts the program with its own environment and nothing of the tester's.
    pub fn start(&self, args: &[&str]) -> Child {
        self.start_with_log(args, "warn")
    }

    /// The same with a log that says more or less.
    pub fn start_with_log(&self, args: &[&str], log: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("USHER_")) {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.folder.path()).env("USHER_LOG", log);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What is said about something wrong: one line, and exit code 1.
    pub fn refusal(&self, args: &[&str]) -> String {
        let ran = self.usher(args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}: {}{}", ran.out, ran.err);
        let said = ran.err.trim_end();
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        assert!(said.ends_with(['.', '?']), "{args:?}: {said}");
        said.to_owned()
    }
}

/// A configuration that is good, with these addresses.
pub fn config(listen: &str, ops_listen: &str) -> String {
    format!(
        r#"
public_url = "http://127.0.0.1:8080"
listen     = "{listen}"
ops_listen = "{ops_listen}"
owners     = ["terminal:root"]
workspaces = ["terminal:home"]
[terminal]
jsonl = true
[[site]]
id            = "acme"
kind          = "cloud"
url           = "http://127.0.0.1:1"
client_id     = "id"
client_secret = "secret"
"#
    )
}

/// Lines without the columns' blanks.
pub fn tidy(text: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
