//! The program by itself: from its start to `ready`, and the memory it then holds.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use usher::keys::KeyRing;

use super::measure::{Samples, short};

/// Starts `usher run` several times and prints how long it took.
pub fn report(starts: usize) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on disk");
    let config = configuration(folder.path());
    let (first, _) = start(&config);
    let (mut later, mut resident) = (Samples::default(), None);
    for _ in 0..starts {
        let (time, memory) = start(&config);
        later.add(time);
        resident = memory;
    }
    println!("\n| `usher run` | |");
    println!("|---|---|");
    println!("| start to ready, new database | {} |", short(first));
    println!("| start to ready, median of {starts} | {} |", short(later.share(0.5)));
    if let Some(kib) = resident {
        println!("| resident memory, idle | {:.1} MiB |", kib as f64 / 1024.0);
    }
}

fn configuration(folder: &Path) -> std::path::PathBuf {
    KeyRing::create(&folder.join("usher.key")).expect("a key file");
    let (listen, ops) = (free_port(), free_port());
    let text = format!(
        r#"public_url = "http://127.0.0.1:{listen}"
listen = "127.0.0.1:{listen}"
ops_listen = "127.0.0.1:{ops}"
data_dir = '{data}'
key_file = '{keys}'
owners = ["terminal:root"]
workspaces = ["terminal:home"]

[terminal]
jsonl = true

[[site]]
id = "acme"
kind = "cloud"
url = "https://acme.atlassian.net"
client_id = "id"
client_secret = "secret"
"#,
        data = folder.join("data").display(),
        keys = folder.join("usher.key").display(),
    );
    let path = folder.join("usher.toml");
    fs::write(&path, text).expect("a configuration");
    private(&path);
    path
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a private file");
}

#[cfg(not(unix))]
fn private(_: &Path) {}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// Starts the program, waits until it is ready, looks at its memory, ends its input and waits for its end.
fn start(config: &Path) -> (Duration, Option<u64>) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_usher"))
        .args(["run", "--config"])
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let line = lines.next().expect("a first line").expect("text");
    let time = begun.elapsed();
    assert!(line.contains(r#""ready""#), "{line}");
    let memory = resident(&child);
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());
    (time, memory)
}

/// Resident memory in KiB, where the system tells.
fn resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
}
