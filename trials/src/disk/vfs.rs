#![expect(unsafe_code, reason = "SQLite asks for its files through C")]

//! The layer between SQLite and its files. Everything is handed on to the usual one; what lies below a [`Disk`] is told to it
//! first, and fails where it says so. Locks and the shared index are the usual ones'.

use std::{
    ffi::{CStr, OsStr, c_char, c_int, c_void},
    mem::size_of,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    ptr,
    sync::{
        Arc, Once, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use rusqlite::ffi;

use super::platter::{Act, Disk, Verdict};

/// An open file below a disk. The usual layer's file lies behind it, in the same memory, which SQLite gives.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    known: *mut Known,
}

struct Known {
    disk: Arc<Disk>,
    path: PathBuf,
    deletes: bool,
    /// As the usual layer does with journals and logs, the first time that one is made durable makes its folder durable too.
    folder: AtomicBool,
}

/// The usual layer. SQLite keeps it as long as the process lives, and lets every thread use it.
struct Usual(*mut ffi::sqlite3_vfs);

// SAFETY: SQLite's own layers are made to be used by all threads at once; nothing here changes what the pointer leads to.
unsafe impl Send for Usual {}
// SAFETY: as above.
unsafe impl Sync for Usual {}

static USUAL: OnceLock<Usual> = OnceLock::new();

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // The second version has the shared index; the third would map files past this layer.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Puts this layer below every connection that is opened from now on in this process.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a null name asks for the default layer, which SQLite never frees. Ours is a copy of it with another name,
        // two other functions and room for both files, leaked so that it lives as long as the process.
        unsafe {
            let usual = ffi::sqlite3_vfs_find(ptr::null());
            assert!(!usual.is_null(), "SQLite has a default layer");
            drop(USUAL.set(Usual(usual)));
            let mut ours = *usual;
            ours.zName = c"usher-trials".as_ptr();
            ours.pNext = ptr::null_mut();
            ours.szOsFile += c_int::try_from(size_of::<Handle>()).unwrap_or(c_int::MAX);
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            let registered = ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1);
            assert_eq!(registered, ffi::SQLITE_OK);
        }
    });
}

fn usual() -> *mut ffi::sqlite3_vfs {
    USUAL.get().map_or(ptr::null_mut(), |usual| usual.0)
}

/// The usual layer's file behind ours.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: `szOsFile` made room for it right behind the handle, whose size is a multiple of the alignment of both.
    unsafe { file.cast::<Handle>().add(1).cast() }
}

/// What is known of a file of ours.
///
/// # Safety
/// `file` was opened by [`open`] below a disk, and not closed yet.
unsafe fn known<'a>(file: *mut ffi::sqlite3_file) -> &'a Known {
    // SAFETY: [`open`] put a box there, and [`close`] alone takes it out.
    unsafe { &*(*file.cast::<Handle>()).known }
}

/// Calls a method of the usual layer's file.
macro_rules! on {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        let real = real($file);
        match (*(*real).pMethods).$method {
            Some(method) => method(real $(, $argument)*),
            None => ffi::SQLITE_IOERR,
        }
    }};
}

fn code(verdict: Verdict, failed: c_int) -> Option<c_int> {
    match verdict {
        Verdict::Good => None,
        Verdict::Failed => Some(failed),
        Verdict::Full => Some(ffi::SQLITE_FULL),
    }
}

fn path(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite gives names that end with a zero and live during the call.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Path::new(OsStr::from_bytes(name.to_bytes())).to_owned())
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let usual = usual();
    let found = path(name).and_then(|path| Some((Disk::of(&path)?, path)));
    // SAFETY: `file` has room for a handle and the usual layer's file. A file below no disk is wholly the usual layer's; of
    // one that is, the methods are ours only once the usual layer has opened it and the box is in its place.
    unsafe {
        let Some(usual_open) = (*usual).xOpen else { return ffi::SQLITE_CANTOPEN };
        let Some((disk, path)) = found else { return usual_open(usual, name, file, flags, out) };
        (*file).pMethods = ptr::null();
        if disk.asked(Act::Open) != Verdict::Good {
            return ffi::SQLITE_CANTOPEN;
        }
        let real = real(file);
        (*real).pMethods = ptr::null();
        let opened = usual_open(usual, name, real, flags, out);
        if opened != ffi::SQLITE_OK {
            if let Some(close) = (*real).pMethods.as_ref().and_then(|methods| methods.xClose) {
                close(real);
            }
            return opened;
        }
        disk.opened(&path, || content(file));
        let deletes = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
        let journal = ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;
        let folder = AtomicBool::new(flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & journal != 0);
        (*file.cast::<Handle>()).known = Box::into_raw(Box::new(Known { disk, path, deletes, folder }));
        (*file).pMethods = &raw const METHODS;
    }
    ffi::SQLITE_OK
}

/// All that is in a file.
///
/// # Safety
/// The usual layer's file behind `file` is open.
unsafe fn content(file: *mut ffi::sqlite3_file) -> Vec<u8> {
    let mut size = 0;
    // SAFETY: the buffer is as long as the read.
    unsafe {
        on!(file, xFileSize, &raw mut size);
        let mut bytes = vec![0_u8; usize::try_from(size).unwrap_or_default()];
        if !bytes.is_empty() {
            on!(file, xRead, bytes.as_mut_ptr().cast(), c_int::try_from(bytes.len()).unwrap_or_default(), 0);
        }
        bytes
    }
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    let usual = usual();
    let found = path(name).and_then(|path| Some((Disk::of(&path)?, path)));
    if let Some((disk, _)) = &found
        && let Some(code) = code(disk.asked(Act::Delete), ffi::SQLITE_IOERR_DELETE)
    {
        return code;
    }
    // SAFETY: the arguments are handed on as they came.
    let deleted = unsafe {
        match (*usual).xDelete {
            Some(delete) => delete(usual, name, if found.is_some() { 0 } else { sync_folder }),
            None => ffi::SQLITE_IOERR_DELETE,
        }
    };
    if let Some((disk, path)) = found.filter(|_| deleted == ffi::SQLITE_OK) {
        disk.deleted(&path, sync_folder != 0);
    }
    deleted
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the file is ours and open; it is closed once, so the box is taken out once.
    unsafe {
        let closed = on!(file, xClose);
        let known = Box::from_raw((*file.cast::<Handle>()).known);
        (*file).pMethods = ptr::null();
        if known.deletes {
            known.disk.deleted(&known.path, true);
        }
        known.disk.closed();
        closed
    }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: the file is ours and open; the rest is handed on as it came.
    unsafe {
        match code(known(file).disk.asked(Act::Read), ffi::SQLITE_IOERR_READ) {
            Some(code) => code,
            None => on!(file, xRead, to, amount, at),
        }
    }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: the file is ours and open, and SQLite gives `amount` bytes to read. A part is shorter than the whole.
    unsafe {
        let Known { disk, path, .. } = known(file);
        let length = usize::try_from(amount).unwrap_or_default();
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length);
        let start = usize::try_from(at).unwrap_or_default();
        let mut size = 0;
        on!(file, xFileSize, &raw mut size);
        let verdict = disk.asked(Act::Write(at + i64::from(amount) > size));
        let failed = code(verdict, ffi::SQLITE_IOERR_WRITE);
        let part = if failed.is_some() { disk.part(length) } else { length };
        let written = match c_int::try_from(part) {
            Ok(0) | Err(_) => ffi::SQLITE_OK,
            Ok(amount) => on!(file, xWrite, from, amount, at),
        };
        if written == ffi::SQLITE_OK && part > 0 {
            disk.wrote(path, start, &bytes[..part]);
        }
        failed.unwrap_or(written)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: the file is ours and open.
    unsafe {
        let Known { disk, path, .. } = known(file);
        if let Some(code) = code(disk.asked(Act::Truncate), ffi::SQLITE_IOERR_TRUNCATE) {
            return code;
        }
        let done = on!(file, xTruncate, size);
        if done == ffi::SQLITE_OK {
            disk.truncated(path, usize::try_from(size).unwrap_or_default());
        }
        done
    }
}

/// What is durable is written down; the machine's own disk need not know.
unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: the file is ours and open.
    let Known { disk, path, folder, .. } = unsafe { known(file) };
    match code(disk.asked(Act::Sync), ffi::SQLITE_IOERR_FSYNC) {
        Some(code) => {
            disk.not_synced(path);
            code
        }
        None => {
            disk.synced(path, folder.swap(false, Ordering::Relaxed));
            ffi::SQLITE_OK
        }
    }
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xFileSize, size) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xLock, level) }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xUnlock, level) }
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, result: *mut c_int) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xCheckReservedLock, result) }
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xFileControl, what, argument) }
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xSectorSize) }
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xDeviceCharacteristics) }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: the file is ours and open; the rest is handed on as it came.
    unsafe {
        if extend != 0
            && let Some(code) = code(known(file).disk.asked(Act::Map), ffi::SQLITE_IOERR_SHMSIZE)
        {
            *out = ptr::null_mut();
            return code;
        }
        on!(file, xShmMap, page, size, extend, out)
    }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xShmLock, offset, count, flags) }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: handed on as it came.
    unsafe {
        let real = real(file);
        if let Some(barrier) = (*(*real).pMethods).xShmBarrier {
            barrier(real);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: handed on as it came.
    unsafe { on!(file, xShmUnmap, delete) }
}
