//! Files that come along with an event.

use serde_json::{Value, json};
use usher_chat::{IncomingFile, file_name};

use super::{Request, ToolRequest};

/// The request with the files that came along, where its tool takes files. What was stored with a button keeps its own.
pub(super) fn along(mut request: Request, files: &[IncomingFile]) -> Request {
    if let Request::Tool(ToolRequest { tool, args: Value::Object(args), .. }) = &mut request
        && tool.files
        && !files.is_empty()
    {
        args.insert("files".to_owned(), json!(named(files)));
    }
    request
}

/// The files, with names that are only names.
pub(super) fn named(files: &[IncomingFile]) -> Vec<IncomingFile> {
    files.iter().map(|file| IncomingFile { name: file_name(&file.name), ..file.clone() }).collect()
}
