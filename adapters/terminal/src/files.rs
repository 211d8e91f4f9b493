//! Files that a line of JSON names by their path on this machine. Events know them by a handle, never by the path.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use tokio::{fs::File, io::AsyncReadExt};
use usher_chat::{FileContent, IncomingFile, OpenError};

use crate::unique;

/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The files that came along, by handle, while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Files(Mutex<HashMap<String, PathBuf>>);

impl Files {
    /// A file that can be opened from now on, or why it cannot.
    pub(crate) async fn take(&self, name: &str, path: &Path) -> Result<IncomingFile, String> {
        let path = tokio::fs::canonicalize(path).await.map_err(|error| plain(&error))?;
        let about = tokio::fs::metadata(&path).await.map_err(|error| plain(&error))?;
        if !about.is_file() {
            return Err("it is not a file".to_owned());
        }
        File::open(&path).await.map_err(|error| plain(&error))?;
        let handle = unique();
        self.0.lock().insert(handle.clone(), path);
        Ok(IncomingFile { name: name.to_owned(), media_type: None, bytes: Some(about.len()), handle })
    }

    /// Opens one of them.
    pub(crate) async fn open(&self, handle: &str) -> Result<FileContent, OpenError> {
        let path = self.0.lock().get(handle).cloned().ok_or(OpenError::Gone)?;
        let file = File::open(path).await.map_err(|error| away(&error))?;
        Ok(stream::try_unfold(file, piece).boxed())
    }
}

async fn piece(mut file: File) -> Result<Option<(Bytes, File)>, OpenError> {
    let mut piece = vec![0; PIECE];
    let length = file.read(&mut piece).await.map_err(|error| away(&error))?;
    piece.truncate(length);
    Ok((length > 0).then(|| (piece.into(), file)))
}

fn away(error: &std::io::Error) -> OpenError {
    match error.kind() {
        std::io::ErrorKind::NotFound => OpenError::Gone,
        _ => OpenError::Away(plain(error)),
    }
}

fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "this program may not read it".to_owned(),
        kind => kind.to_string(),
    }
}
