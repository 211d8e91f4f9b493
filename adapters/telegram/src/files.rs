//! Files, both ways: what people send is named and opened on demand, what the bot sends becomes pictures, documents and albums.

use futures::FutureExt;
use teloxide::{
    Bot,
    requests::{HasPayload, Request, Requester},
    types::{InlineKeyboardMarkup, InputFile, InputMedia, InputMediaDocument, InputMediaPhoto, Message, MessageId},
};
use usher_chat::{File, IncomingFile};

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
        handle: meta.id.0.clone(),
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
    let keyboard = keyboard.filter(|_| files.len() == 1);
    let runs = files.chunk_by(|one, other| kind(one) == kind(other)).flat_map(|run| run.chunks(ALBUM));
    for run in runs {
        let kind = run.first().map_or(As::Document, kind);
        let sent = match together(api, spot, run, kind, keyboard).await {
            // What calls itself a picture and cannot be shown as one is a document like any other.
            Err(Failure::Refused(why)) if kind == As::Picture => {
                tracing::debug!(why, "a picture was refused");
                together(api, spot, run, As::Document, keyboard).await?
            }
            sent => sent?,
        };
        first = first.or(sent);
    }
    Ok(first)
}

async fn together(
    api: &Api,
    spot: Spot,
    files: &[File],
    kind: As,
    keyboard: Option<&InlineKeyboardMarkup>,
) -> Result<Option<MessageId>, Failure> {
    match (files, kind) {
        ([file], As::Picture) => {
            let send = |bot: &Bot| {
                let mut request = bot.send_photo(spot.chat, input(file));
                let payload = request.payload_mut();
                payload.caption = caption(file);
                payload.message_thread_id = spot.topic;
                payload.reply_markup = keyboard.cloned().map(Into::into);
                request.send().boxed()
            };
            api.upload(spot.chat, send).await.map(|message| Some(message.id))
        }
        ([file], As::Document) => {
            let send = |bot: &Bot| {
                let mut request = bot.send_document(spot.chat, input(file));
                let payload = request.payload_mut();
                payload.caption = caption(file);
                payload.message_thread_id = spot.topic;
                payload.reply_markup = keyboard.cloned().map(Into::into);
                request.send().boxed()
            };
            api.upload(spot.chat, send).await.map(|message| Some(message.id))
        }
        (several, _) => {
            let send = |bot: &Bot| {
                let media = several.iter().map(|file| medium(file, kind)).collect::<Vec<_>>();
                let mut request = bot.send_media_group(spot.chat, media);
                request.payload_mut().message_thread_id = spot.topic;
                request.send().boxed()
            };
            api.upload(spot.chat, send).await.map(|sent| sent.first().map(|message| message.id))
        }
    }
}

fn medium(file: &File, kind: As) -> InputMedia {
    let caption = caption(file);
    match kind {
        As::Picture => InputMedia::Photo(InputMediaPhoto { caption, ..InputMediaPhoto::new(input(file)) }),
        As::Document => InputMedia::Document(InputMediaDocument { caption, ..InputMediaDocument::new(input(file)) }),
    }
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
