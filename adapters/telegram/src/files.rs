//! Files, both ways: what people send is named and opened on demand, what the bot sends becomes pictures, documents and albums.

use bytes::Bytes;
use futures::FutureExt;
use teloxide::{
    Bot,
    requests::{HasPayload, Request, Requester},
    types::{
        FileId, InlineKeyboardMarkup, InputFile, InputMedia, InputMediaDocument, InputMediaPhoto, Message, MessageId,
        ReplyMarkup,
    },
};
use usher_chat::{AdapterError, File, FileSource, IncomingFile};

use crate::{
    api::{Api, Failure},
    places::Spot,
    render::html,
};

/// The largest picture that Telegram shows as one, in bytes.
const PICTURE: usize = 10 * 1024 * 1024;
/// The largest file that a bot may send, in bytes.
pub(crate) const LARGEST: usize = 50 * 1024 * 1024;
/// The most files of an album.
const ALBUM: usize = 10;
/// The longest words under a picture, in characters.
const CAPTION: usize = 1_000;

/// The files of a message. Pictures come in several sizes, of which the largest counts.
pub(crate) fn of(message: &Message) -> Vec<IncomingFile> {
    let named = |name: Option<&String>, otherwise: &str| name.cloned().unwrap_or_else(|| otherwise.to_owned());
    let file = |name: String, media_type: Option<String>, meta: &teloxide::types::FileMeta| IncomingFile {
        name: name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        media_type,
        bytes: (meta.size != u32::MAX).then_some(u64::from(meta.size)),
        source: FileSource::Platform(meta.id.0.clone()),
    };
    let mime = |mime: &Option<_>| mime.as_ref().map(|mime: &_| format!("{mime}"));
    let mut files = Vec::new();
    if let Some(photo) = message.photo().and_then(|sizes| sizes.iter().max_by_key(|size| size.width * size.height)) {
        files.push(file(format!("photo-{}.jpg", message.id), Some("image/jpeg".to_owned()), &photo.file));
    }
    if let Some(document) = message.document() {
        let name = named(document.file_name.as_ref(), "document");
        files.push(file(name, document.mime_type.as_ref().map(ToString::to_string), &document.file));
    } else if let Some(animation) = message.animation() {
        files.push(file(
            named(animation.file_name.as_ref(), "animation.mp4"),
            mime(&animation.mime_type),
            &animation.file,
        ));
    }
    if let Some(video) = message.video() {
        files.push(file(named(video.file_name.as_ref(), "video.mp4"), mime(&video.mime_type), &video.file));
    }
    if let Some(audio) = message.audio() {
        files.push(file(named(audio.file_name.as_ref(), "audio.mp3"), mime(&audio.mime_type), &audio.file));
    }
    if let Some(voice) = message.voice() {
        files.push(file("voice.ogg".to_owned(), mime(&voice.mime_type), &voice.file));
    }
    files
}

impl crate::Telegram {
    /// Reads a file that came with an event, as its [`FileSource::Platform`] names it.
    ///
    /// # Errors
    /// A file that Telegram no longer keeps, that is larger than `most` bytes, or that a bot may not read: for bots
    /// Telegram's own limit is 20 MB.
    pub async fn open(&self, file: &str, most: u64) -> Result<Bytes, AdapterError> {
        Ok(self.api().download(FileId(file.to_owned()), most).await?)
    }
}

/// What a file is sent as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Picture,
    Document,
}

fn kind(file: &File) -> As {
    let shown = matches!(file.media_type.as_str(), "image/png" | "image/jpeg");
    if shown && file.content.len() <= PICTURE { As::Picture } else { As::Document }
}

/// Sends files: alike ones as an album, up to ten at a time. The keyboard stands under a file that is alone.
pub(crate) async fn send(
    api: &Api,
    spot: Spot,
    files: &[File],
    keyboard: Option<&InlineKeyboardMarkup>,
) -> Result<Option<MessageId>, Failure> {
    let mut first = None;
    let runs = files.chunk_by(|one, other| kind(one) == kind(other)).flat_map(|run| run.chunks(ALBUM));
    for run in runs {
        let sent = match run {
            [only] => one(api, spot, only, keyboard.filter(|_| files.len() == 1)).await?,
            several => album(api, spot, several).await?,
        };
        first = first.or(sent);
    }
    Ok(first)
}

async fn one(
    api: &Api,
    spot: Spot,
    file: &File,
    keyboard: Option<&InlineKeyboardMarkup>,
) -> Result<Option<MessageId>, Failure> {
    let (chat, topic) = (spot.chat, spot.topic);
    let caption = caption(file);
    let keyboard: Option<ReplyMarkup> = keyboard.cloned().map(Into::into);
    let sent = match kind(file) {
        As::Picture => {
            let send = |bot: &Bot| {
                let mut request = bot.send_photo(chat, input(file));
                let payload = request.payload_mut();
                payload.caption = caption.clone();
                payload.message_thread_id = topic;
                payload.reply_markup = keyboard.clone();
                request.send().boxed()
            };
            api.upload(chat, send).await
        }
        As::Document => {
            let send = |bot: &Bot| {
                let mut request = bot.send_document(chat, input(file));
                let payload = request.payload_mut();
                payload.caption = caption.clone();
                payload.message_thread_id = topic;
                payload.reply_markup = keyboard.clone();
                request.send().boxed()
            };
            api.upload(chat, send).await
        }
    };
    sent.map(|message| Some(message.id))
}

async fn album(api: &Api, spot: Spot, files: &[File]) -> Result<Option<MessageId>, Failure> {
    let send = |bot: &Bot| {
        let media = files.iter().map(|file| match kind(file) {
            As::Picture => {
                let media = InputMediaPhoto::new(input(file));
                InputMedia::Photo(InputMediaPhoto { caption: caption(file), ..media })
            }
            As::Document => {
                let media = InputMediaDocument::new(input(file));
                InputMedia::Document(InputMediaDocument { caption: caption(file), ..media })
            }
        });
        let mut request = bot.send_media_group(spot.chat, media.collect::<Vec<_>>());
        request.payload_mut().message_thread_id = spot.topic;
        request.send().boxed()
    };
    let sent = api.upload(spot.chat, send).await?;
    Ok(sent.first().map(|message| message.id))
}

fn input(file: &File) -> InputFile {
    InputFile::memory(file.content.clone()).file_name(html::clean(&file.name, true))
}

/// What a picture shows; a document's name stands beside it anyway.
fn caption(file: &File) -> Option<String> {
    file.alt.as_ref().filter(|alt| !alt.is_empty()).map(|alt| html::clean(alt, false).chars().take(CAPTION).collect())
}

/// How files stand in a reply that is kept until the person comes.
pub(crate) mod kept {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use usher_chat::File;

    #[derive(Serialize, Deserialize)]
    struct Kept {
        name: String,
        media_type: String,
        alt: Option<String>,
        content: String,
    }

    pub(crate) fn serialize<S: Serializer>(files: &[File], serializer: S) -> Result<S::Ok, S::Error> {
        let kept = |file: &File| Kept {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            alt: file.alt.clone(),
            content: hex::encode(&file.content),
        };
        files.iter().map(kept).collect::<Vec<_>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<File>, D::Error> {
        let file = |kept: Kept| {
            let content = hex::decode(&kept.content).map_err(serde::de::Error::custom)?;
            Ok(File { name: kept.name, media_type: kept.media_type, alt: kept.alt, content: Bytes::from(content) })
        };
        Vec::<Kept>::deserialize(deserializer)?.into_iter().map(file).collect()
    }
}
