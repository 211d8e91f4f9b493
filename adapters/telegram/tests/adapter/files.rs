//! Files, both ways.

use bytes::Bytes;
use futures::TryStreamExt;
use serde_json::json;
use telegram_stand_in::Upload;
use usher_chat::{ChatAdapter, File, IncomingFile, OpenError, Reply};

use crate::bench::{Bench, says, text};

#[tokio::test]
async fn what_people_send_can_be_opened() {
    let mut bench = Bench::new(|_| Vec::new()).await;
    let ada = bench.telegram.person("ada");
    let file = Upload {
        name: "trace.txt".to_owned(),
        media_type: Some("text/plain".to_owned()),
        content: Bytes::from_static(b"trace"),
    };
    ada.sends_document(&ada.direct(), &file, "/comment DEMO-1 see this");
    let event = bench.event().await;
    assert_eq!((text(&event), event.files[0].name.as_str()), ("jira comment DEMO-1 see this", "trace.txt"));
    let pieces: Vec<Bytes> = bench.bot.open(&event.files[0]).await.unwrap().try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"trace");
    let unknown = IncomingFile { handle: "never-sent".to_owned(), ..event.files[0].clone() };
    assert_eq!(bench.bot.open(&unknown).await.err(), Some(OpenError::Gone));
    ada.sends_photo(&ada.direct(), b"\x89PNG", "look");
    let event = bench.event().await;
    assert_eq!((event.files.len(), event.files[0].media_type.as_deref()), (1, Some("image/jpeg")));
    bench.end().await;
}

#[tokio::test]
async fn an_album_is_one_message_with_many_files() {
    let mut bench = Bench::new(|_| Vec::new()).await;
    let ada = bench.telegram.person("ada");
    let file = |name: &str| json!({"file_id": name, "file_unique_id": name, "file_name": name, "file_size": 3});
    for (name, caption) in [("a.txt", "/comment DEMO-1 two files"), ("b.txt", "")] {
        let mut content = json!({"document": file(name), "media_group_id": "77"});
        if !caption.is_empty() {
            content["caption"] = json!(caption);
        }
        ada.sends(&ada.direct(), content);
    }
    let event = bench.event().await;
    let names: Vec<_> = event.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((text(&event), names), ("jira comment DEMO-1 two files", vec!["a.txt", "b.txt"]));
    assert!(bench.more().is_none());
    bench.end().await;
}

#[tokio::test]
async fn pictures_and_documents_are_sent_as_what_they_are() {
    let file = |name: &str, media_type: &str| File {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        alt: Some(format!("about {name}")),
        content: Bytes::from(name.to_owned()),
    };
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10";
    let picture = File { content: Bytes::from_static(PNG), ..file("a.png", "image/png") };
    let files = vec![picture, file("b.txt", "text/plain"), file("c.txt", "text/plain"), file("no.png", "image/png")];
    let bench = Bench::new(move |_| says(Reply { files: files.clone(), ..Reply::private("Here.") })).await;
    let ada = bench.telegram.person("ada");
    ada.writes("view DEMO-1");
    assert_eq!(ada.reads().await.text(), "Here.");
    let photo = ada.reads().await;
    assert_eq!((photo.text().as_str(), photo.file().unwrap()), ("about a.png", Bytes::from_static(PNG)));
    for name in ["b.txt", "c.txt", "no.png"] {
        let shown = ada.reads().await;
        assert_eq!((shown.text(), shown.file().unwrap()), (format!("about {name}"), Bytes::from(name.to_owned())));
    }
    assert_eq!(bench.telegram.requests_of("sendMediaGroup").len(), 1);
    bench.end().await;
}
