//! A disk that forgets what was not synced, and fails when it is told to. It knows of each file in its folder what is durable
//! and what was written since; whoever reads meanwhile sees everything, as an operating system shows it.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// What a power cut leaves whole or not at all.
const SECTOR: usize = 512;

/// What the database asks of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Open a file.
    Open,
    /// Read.
    Read,
    /// Write. True: behind the end of the file, which takes room.
    Write(bool),
    /// Make durable.
    Sync,
    /// Cut off the end.
    Truncate,
    /// Delete a file.
    Delete,
    /// Make room for the index that connections share.
    Map,
}

/// What the disk answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Good,
    /// It failed.
    Failed,
    /// There is no room for it.
    Full,
}

/// What goes wrong for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storm {
    /// One in so many fails, whatever it is.
    Anything(u32),
    /// Nothing can be written for so many tries.
    Writing,
    /// Nothing can be made durable.
    Syncing,
    /// Nothing can be read.
    Reading,
    /// The disk is full.
    Full,
}

impl Storm {
    /// Any of them, and every third time whatever it is.
    pub fn chosen(rng: &mut fastrand::Rng) -> Self {
        match rng.u32(..6) {
            0 => Self::Writing,
            1 => Self::Syncing,
            2 => Self::Reading,
            3 => Self::Full,
            _ => Self::Anything(rng.u32(1..12)),
        }
    }
}

/// A change that is not durable yet.
#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

#[derive(Debug, Default)]
struct Inode {
    durable: Vec<u8>,
    later: Vec<Change>,
    /// Its name is durable too.
    named: bool,
}

#[derive(Debug)]
struct State {
    rng: fastrand::Rng,
    files: BTreeMap<PathBuf, Inode>,
    /// Deleted, and after a power cut perhaps there again.
    gone: BTreeMap<PathBuf, Inode>,
    open: usize,
    storm: Option<(Storm, u32)>,
    off: bool,
    cut_in: Option<u64>,
    counts: Counts,
}

impl State {
    fn folder_synced(&mut self) {
        self.gone.clear();
        self.files.values_mut().for_each(|inode| inode.named = true);
    }
}

/// What the disk has done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Times that something became durable.
    pub syncs: u64,
    /// Failures in storms.
    pub failures: u64,
    /// Writes of which a power cut left nothing, or a part.
    pub lost: u64,
}

/// A disk, for one folder.
pub struct Disk {
    folder: PathBuf,
    state: Mutex<State>,
    /// Told when the power goes, and when a file is closed.
    pub changed: Notify,
}

/// All disks of this process. What lies in the folder of none is no business of theirs.
static DISKS: Mutex<Vec<Arc<Disk>>> = Mutex::new(Vec::new());

impl Disk {
    /// Puts a disk below a folder, until [`Self::remove`].
    pub fn below(folder: &Path, seed: u64) -> Arc<Self> {
        super::vfs::install();
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let state = State {
            rng: fastrand::Rng::with_seed(seed),
            files: BTreeMap::new(),
            gone: BTreeMap::new(),
            open: 0,
            storm: None,
            off: false,
            cut_in: None,
            counts: Counts::default(),
        };
        let disk = Arc::new(Self { folder, state: Mutex::new(state), changed: Notify::new() });
        DISKS.lock().push(disk.clone());
        disk
    }

    /// The disk below a file.
    pub fn of(path: &Path) -> Option<Arc<Self>> {
        DISKS.lock().iter().find(|disk| path.starts_with(&disk.folder)).cloned()
    }

    /// Takes the disk away.
    pub fn remove(&self) {
        DISKS.lock().retain(|disk| !std::ptr::eq(&**disk, self));
    }

    /// What it has done.
    pub fn counts(&self) -> Counts {
        self.state.lock().counts
    }

    /// The power goes when so many things more were asked of the disk.
    pub fn cut_in(&self, acts: u64) {
        self.state.lock().cut_in = Some(acts);
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.state.lock().off
    }

    /// Waits until the power is off.
    pub async fn goes_off(&self) {
        self.until(|state| state.off).await;
    }

    /// Waits until nothing is open.
    pub async fn left_alone(&self) {
        self.until(|state| state.open == 0).await;
    }

    async fn until(&self, holds: impl Fn(&State) -> bool) {
        loop {
            let changed = self.changed.notified();
            if holds(&self.state.lock()) {
                return;
            }
            changed.await;
        }
    }

    /// Begins a storm of so many failures, or ends it.
    pub fn storm(&self, storm: Option<(Storm, u32)>) {
        self.state.lock().storm = storm;
    }

    /// What comes of an act. Where it is good, whoever asked does it and tells.
    pub fn asked(&self, act: Act) -> Verdict {
        let mut state = self.state.lock();
        if state.off {
            return Verdict::Failed;
        }
        if act != Act::Read
            && let Some(left) = state.cut_in
        {
            state.cut_in = left.checked_sub(1);
            if state.cut_in.is_none() {
                state.off = true;
                drop(state);
                self.changed.notify_waiters();
                return Verdict::Failed;
            }
        }
        let Some((storm, left)) = state.storm else { return Verdict::Good };
        let verdict = match (storm, act) {
            (Storm::Anything(one_in), _) if state.rng.u32(..one_in) > 0 => Verdict::Good,
            (Storm::Anything(_), Act::Write(_)) if state.rng.bool() => Verdict::Full,
            (Storm::Anything(_), _) | (Storm::Reading, Act::Read) | (Storm::Syncing, Act::Sync) => Verdict::Failed,
            (Storm::Writing, Act::Write(_) | Act::Truncate) => Verdict::Failed,
            (Storm::Full, Act::Write(true) | Act::Map | Act::Open) => Verdict::Full,
            _ => Verdict::Good,
        };
        if verdict != Verdict::Good {
            state.counts.failures += 1;
            state.storm = left.checked_sub(1).filter(|left| *left > 0).map(|left| (storm, left));
        }
        verdict
    }

    /// How much of a write that failed was written all the same.
    pub fn part(&self, of: usize) -> usize {
        let mut state = self.state.lock();
        if state.rng.bool() { 0 } else { state.rng.usize(..of) }
    }

    /// A file was opened. `content` is what is in it, for one that the disk does not know.
    pub fn opened(&self, path: &Path, content: impl FnOnce() -> Vec<u8>) {
        let mut state = self.state.lock();
        state.open += 1;
        if !state.files.contains_key(path) {
            let durable = content();
            // An empty one was made a moment ago.
            let named = !durable.is_empty();
            state.files.insert(path.to_owned(), Inode { durable, later: Vec::new(), named });
        }
    }

    /// A file was closed.
    pub fn closed(&self) {
        self.state.lock().open -= 1;
        self.changed.notify_waiters();
    }

    /// Something was written.
    pub fn wrote(&self, path: &Path, at: usize, bytes: &[u8]) {
        if let Some(inode) = self.state.lock().files.get_mut(path) {
            inode.later.push(Change::Write { at, bytes: bytes.to_vec() });
        }
    }

    /// The end was cut off.
    pub fn truncated(&self, path: &Path, size: usize) {
        if let Some(inode) = self.state.lock().files.get_mut(path) {
            inode.later.push(Change::Truncate(size));
        }
    }

    /// A file is durable, and its name with it; perhaps all of its folder's.
    pub fn synced(&self, path: &Path, folder: bool) {
        let mut state = self.state.lock();
        state.counts.syncs += 1;
        if let Some(inode) = state.files.get_mut(path) {
            for change in std::mem::take(&mut inode.later) {
                inode.durable = applied(std::mem::take(&mut inode.durable), &change);
            }
            inode.named = true;
        }
        state.gone.remove(path);
        if folder {
            state.folder_synced();
        }
    }

    /// A file could not be made durable. The system takes what it could not write for written: it can be read, but no later
    /// try will write it.
    pub fn not_synced(&self, path: &Path) {
        let mut state = self.state.lock();
        let State { files, rng, off, .. } = &mut *state;
        if let Some(inode) = files.get_mut(path).filter(|_| !*off) {
            inode.later.retain(|_| rng.bool());
        }
    }

    /// A file was deleted, and perhaps its folder made durable.
    pub fn deleted(&self, path: &Path, durable: bool) {
        let mut state = self.state.lock();
        let Some(inode) = state.files.remove(path) else { return };
        if durable {
            state.folder_synced();
        } else if inode.named {
            state.gone.insert(path.to_owned(), inode);
        }
    }

    /// The power comes back: every file is what was durable, and of what was not, whatever chance has left. To be called
    /// while nothing is open.
    pub fn comes_back(&self) {
        let mut state = self.state.lock();
        assert_eq!(state.open, 0, "files are open");
        let State { rng, files, gone, counts, .. } = &mut *state;
        let mut paths: Vec<PathBuf> = files.keys().chain(gone.keys()).cloned().collect();
        paths.dedup();
        let mut left = BTreeMap::new();
        let mode = rng.u32(..5);
        for path in paths {
            let new = files.remove(&path).filter(|inode| inode.named || rng.bool());
            let old = gone.remove(&path).filter(|_| rng.bool());
            let Some(inode) = new.or(old) else {
                remove(&path);
                continue;
            };
            let durable = survivors(inode, mode, rng, &mut counts.lost);
            overwrite(&path, &durable);
            left.insert(path, Inode { durable, later: Vec::new(), named: true });
        }
        *files = left;
        for path in files.keys() {
            remove(Path::new(&format!("{}-shm", path.display())));
        }
        state.off = false;
        state.cut_in = None;
        state.storm = None;
    }
}

/// What is left of a file: everything that was durable, and of the rest what `mode` says.
fn survivors(inode: Inode, mode: u32, rng: &mut fastrand::Rng, lost: &mut u64) -> Vec<u8> {
    let Inode { mut durable, later, .. } = inode;
    let whole = match mode {
        0 => 0,
        1 => later.len(),
        2 => rng.usize(..=later.len()),
        _ => usize::MAX,
    };
    for (at, change) in later.iter().enumerate() {
        let size = if mode == 3 { SECTOR } else { 8 * SECTOR };
        match change {
            _ if whole != usize::MAX && at < whole => durable = applied(durable, change),
            // The last one is torn.
            Change::Write { .. } if mode == 2 && at == whole => {
                *lost += 1;
                let until = rng.usize(..16) * SECTOR;
                durable = torn(durable, change, SECTOR, |sector| sector * SECTOR < until);
            }
            Change::Write { .. } if whole == usize::MAX => {
                *lost += 1;
                durable = torn(durable, change, size, |_| rng.bool());
            }
            Change::Truncate(_) if whole == usize::MAX && rng.bool() => durable = applied(durable, change),
            _ => *lost += 1,
        }
    }
    durable
}

fn applied(mut content: Vec<u8>, change: &Change) -> Vec<u8> {
    match change {
        Change::Write { at, bytes } => {
            if content.len() < at + bytes.len() {
                content.resize(at + bytes.len(), 0);
            }
            content[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        Change::Truncate(size) => content.truncate(*size),
    }
    content
}

/// Applies those sectors of a write that `stays` names, counted from the one in which it begins.
fn torn(mut content: Vec<u8>, change: &Change, size: usize, mut stays: impl FnMut(usize) -> bool) -> Vec<u8> {
    let Change::Write { at, bytes } = change else { return content };
    let mut from = 0;
    while from < bytes.len() {
        let until = (((at + from) / size + 1) * size - at).min(bytes.len());
        if stays((at + from) / size - at / size) {
            content = applied(content, &Change::Write { at: at + from, bytes: bytes[from..until].to_vec() });
        }
        from = until;
    }
    content
}

/// In the same file: a database knows its own.
fn overwrite(path: &Path, content: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap();
    file.write_all(content).unwrap();
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{}: {error}", path.display()),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
