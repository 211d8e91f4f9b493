//! The files that come with a call, opened when a tool wants their content.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use usher_chat::{FileContent, IncomingFile, OpenError};

/// A file on its way to being opened.
pub type Opening = BoxFuture<'static, Result<FileContent, OpenError>>;

/// Opens files at the platform of whoever asked. The tool does not learn which platform that is.
#[derive(Clone)]
pub struct Files(Arc<dyn Fn(IncomingFile) -> Opening + Send + Sync>);

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}

impl Files {
    /// Opens files this way.
    pub fn new(open: impl Fn(IncomingFile) -> Opening + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }

    /// Has none.
    pub fn none() -> Self {
        Self::new(|_| std::future::ready(Err(OpenError::Gone)).boxed())
    }

    /// Opens a file. Its content ends with an error where it is not as long as it was said to be, or longer than `most`
    /// bytes.
    pub fn open(&self, file: &IncomingFile, most: u64) -> Opening {
        let (opening, said) = ((self.0)(file.clone()), file.bytes);
        async move { Ok(held(opening.await?, said, most)) }.boxed()
    }
}

fn held(content: FileContent, said: Option<u64>, most: u64) -> FileContent {
    let next = move |(mut content, before): (FileContent, u64)| async move {
        let piece: Option<Bytes> = content.try_next().await?;
        let read = before + piece.as_ref().map_or(0, |piece| piece.len() as u64);
        match piece {
            _ if read > most => Err(OpenError::TooLarge { most }),
            Some(_) if said.is_some_and(|said| read > said) => {
                Err(OpenError::Away("it is longer than said".to_owned()))
            }
            None if said.is_some_and(|said| read < said) => Err(OpenError::Away("it broke off".to_owned())),
            piece => Ok(piece.map(|piece| (piece, (content, read)))),
        }
    };
    stream::try_unfold((content, 0), next).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(said: Option<u64>, most: u64) -> Result<usize, OpenError> {
        let files = Files::new(|_| {
            let pieces = ["some", "thing"].map(|piece| Ok(Bytes::from(piece)));
            std::future::ready(Ok(stream::iter(pieces).boxed())).boxed()
        });
        let file = IncomingFile { name: "a".into(), media_type: None, bytes: said, handle: "1".into() };
        let pieces: Vec<Bytes> = files.open(&file, most).await?.try_collect().await?;
        Ok(pieces.concat().len())
    }

    #[tokio::test]
    async fn a_file_is_as_long_as_it_was_said_to_be() {
        assert_eq!(read(Some(9), 9).await, Ok(9));
        assert_eq!(read(None, 9).await, Ok(9));
        assert_eq!(read(None, 8).await, Err(OpenError::TooLarge { most: 8 }));
        assert!(matches!(read(Some(5), 100).await, Err(OpenError::Away(_))));
        assert!(matches!(read(Some(10), 100).await, Err(OpenError::Away(_))));
    }

    #[tokio::test]
    async fn without_a_platform_there_are_no_files() {
        let file = IncomingFile { name: "a".into(), media_type: None, bytes: None, handle: "1".into() };
        assert_eq!(Files::none().open(&file, 10).await.err(), Some(OpenError::Gone));
    }
}
