//! Reads lines from a stream, however long or broken they are, and standard input without holding up the end.

use std::{
    io::{self, Read},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, BufReader, ReadBuf},
    sync::mpsc,
};

/// The longest line that is taken, in bytes, without its end.
pub(crate) const LONGEST_LINE: usize = 1024 * 1024;

/// Something to read from.
pub(crate) type Stream = Box<dyn AsyncRead + Send + Unpin>;

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LineRead {
    /// Its text, without the line end.
    Text(String),
    /// It is longer than [`LONGEST_LINE`]. It was read to its end and thrown away.
    TooLong,
    /// It is not UTF-8.
    NotText,
}

/// The lines of a stream.
pub(crate) struct Lines {
    stream: BufReader<Stream>,
    line: Vec<u8>,
    too_long: bool,
}

impl Lines {
    /// Reads lines from `stream`.
    pub(crate) fn new(stream: Stream) -> Self {
        Self { stream: BufReader::with_capacity(64 * 1024, stream), line: Vec::new(), too_long: false }
    }

    /// The next line, or nothing at the end. Nothing is lost when the future is dropped before it is ready.
    pub(crate) async fn next(&mut self) -> io::Result<Option<LineRead>> {
        loop {
            let piece = self.stream.fill_buf().await?;
            if piece.is_empty() {
                let ended = self.line.is_empty() && !self.too_long;
                return Ok(if ended { None } else { Some(self.take()) });
            }
            let end = piece.iter().position(|byte| *byte == b'\n');
            let content = &piece[..end.unwrap_or(piece.len())];
            if self.too_long || self.line.len() + content.len() > LONGEST_LINE + 1 {
                self.too_long = true;
                self.line = Vec::new();
            } else {
                self.line.extend_from_slice(content);
            }
            let used = content.len() + usize::from(end.is_some());
            Pin::new(&mut self.stream).consume(used);
            if end.is_some() {
                return Ok(Some(self.take()));
            }
        }
    }

    fn take(&mut self) -> LineRead {
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if std::mem::take(&mut self.too_long) || line.len() > LONGEST_LINE {
            return LineRead::TooLong;
        }
        String::from_utf8(line).map_or(LineRead::NotText, LineRead::Text)
    }
}

/// Standard input, read by a thread of its own: a read that waits for ever does not keep the program from ending.
pub(crate) fn standard_input() -> Stream {
    let (sender, receiver) = mpsc::channel(8);
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let mut piece = vec![0; 64 * 1024];
            let read = match input.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => {
                    piece.truncate(count);
                    Ok(piece)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = read.is_err();
            if sender.blocking_send(read).is_err() || failed {
                break;
            }
        }
    });
    Box::new(Pieces { receiver, piece: Vec::new(), used: 0 })
}

struct Pieces {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    used: usize,
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.used == self.piece.len() {
            match ready!(self.receiver.poll_recv(cx)) {
                None => return Poll::Ready(Ok(())),
                Some(piece) => {
                    self.piece = piece?;
                    self.used = 0;
                }
            }
        }
        let count = into.remaining().min(self.piece.len() - self.used);
        into.put_slice(&self.piece[self.used..self.used + count]);
        self.used += count;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(bytes: Vec<u8>) -> Vec<LineRead> {
        let mut lines = Lines::new(Box::new(io::Cursor::new(bytes)));
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            read.push(line);
        }
        read
    }

    #[tokio::test]
    async fn every_line_is_one_line_whatever_is_in_it() {
        let text = |text: &str| LineRead::Text(text.to_owned());
        assert_eq!(all(b"one\r\n\ntwo".to_vec()).await, [text("one"), text(""), text("two")]);
        assert_eq!(all(b"\xff\xfe\nafter\n".to_vec()).await, [LineRead::NotText, text("after")]);
        let longest = vec![b'x'; LONGEST_LINE];
        let mut bytes = longest.clone();
        bytes.extend_from_slice(b"\n");
        bytes.extend_from_slice(&longest);
        bytes.extend_from_slice(b"x\nafter\n");
        bytes.extend_from_slice(&vec![b'y'; 3 * LONGEST_LINE]);
        let read = all(bytes).await;
        assert!(matches!(&read[0], LineRead::Text(line) if line.len() == LONGEST_LINE));
        assert_eq!(read[1..], [LineRead::TooLong, text("after"), LineRead::TooLong]);
        assert!(all(Vec::new()).await.is_empty());
    }
}
