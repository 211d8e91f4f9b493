//! `getFile`, and files that the bot sends.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::{
    refusal::Refusal,
    world::{Stored, World},
};

/// What a bot may download.
const MOST_DOWNLOAD: usize = 20 * 1024 * 1024;
/// What a photo may weigh.
const MOST_PHOTO: usize = 10 * 1024 * 1024;
/// What a document may weigh.
const MOST_DOCUMENT: usize = 50 * 1024 * 1024;
/// Width and height of a photo together.
const WIDEST: u64 = 10_000;

impl Call<'_> {
    pub(super) fn get_file(&mut self) -> Answer {
        let id = self.text("file_id");
        let file = self
            .world
            .files
            .get(id)
            .ok_or_else(|| Refusal::bad("wrong file_id or the file is temporarily unavailable"))?;
        if file.content.len() > MOST_DOWNLOAD {
            return Err(Refusal::bad("file is too big"));
        }
        Ok(json!({
            "file_id": id, "file_unique_id": format!("u-{id}"), "file_size": file.content.len(), "file_path": file.path,
        }))
    }

    /// The field of a message for a file that is sent.
    pub(super) fn file(&mut self, kind: &str, given: &str) -> Answer {
        if self.world.files.contains_key(given) {
            let content = self.world.files[given].content.clone();
            return Ok(field(kind, given, "file", None, &content));
        }
        let upload = given.strip_prefix("attach://").and_then(|name| self.files.get(name));
        let Some(upload) = upload else {
            return Err(Refusal::bad("wrong file identifier/HTTP URL specified"));
        };
        if upload.content.is_empty() {
            return Err(Refusal::bad("file must be non-empty"));
        }
        let most = if kind == "photo" { MOST_PHOTO } else { MOST_DOCUMENT };
        if upload.content.len() > most {
            return Err(Refusal { code: 413, description: "Request Entity Too Large".to_owned(), parameters: None });
        }
        if kind == "photo" {
            match size(&upload.content) {
                None => return Err(Refusal::bad("IMAGE_PROCESS_FAILED")),
                Some((width, height)) if width + height > WIDEST || width > 20 * height || height > 20 * width => {
                    return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
                }
                Some(_) => {}
            }
        }
        let id = keep(self.world, kind, &upload.name, upload.content.clone());
        Ok(field(kind, &id, &upload.name, upload.media_type.as_deref(), &upload.content))
    }
}

/// Keeps a file under an id of its own.
pub fn keep(world: &mut World, kind: &str, name: &str, content: bytes::Bytes) -> String {
    let number = world.number();
    let id = format!("file-{number}");
    // As in the real world the path keeps the ending and not the name.
    let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    world.files.insert(id.clone(), Stored { path: format!("{kind}s/file_{number}.{ending}"), content });
    id
}

/// `photo` or `document` as it stands in a message.
pub fn field(kind: &str, id: &str, name: &str, media_type: Option<&str>, content: &[u8]) -> Value {
    let unique = format!("u-{id}");
    if kind == "photo" {
        let (width, height) = size(content).unwrap_or((1, 1));
        return json!({ "photo": [{
            "file_id": id, "file_unique_id": unique, "width": width, "height": height, "file_size": content.len(),
        }]});
    }
    let mut document = json!({ "file_id": id, "file_unique_id": unique, "file_name": name });
    if let Some(media_type) = media_type {
        document["mime_type"] = json!(media_type);
    }
    document["file_size"] = json!(content.len());
    json!({ "document": document })
}

/// Width and height of a picture that Telegram would take. Only PNG says them here; others are taken as they are.
fn size(content: &[u8]) -> Option<(u64, u64)> {
    let number =
        |at: usize| content.get(at..at + 4).map(|bytes| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    match content {
        [0x89, b'P', b'N', b'G', ..] => Some((number(16)?, number(20)?)),
        [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => Some((100, 100)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some((100, 100)),
        _ => None,
    }
}
