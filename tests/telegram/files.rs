//! Files and pictures both ways, with a bot that gives back what it gets.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use insta::assert_snapshot;
use secrecy::SecretString;
use serde_json::json;
use telegram_stand_in::{Person, TelegramServer, Upload};
use tokio::{sync::watch, task::JoinHandle};
use usher_chat::{AdapterError, ChatAdapter, ChatHandler, Event, File, Host, Input, PassingMemory, Reply, Responder};
use usher_telegram::{Telegram, TelegramOptions};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20a picture";

/// Gives back what it gets.
struct Echo(Telegram);

#[async_trait]
impl ChatHandler for Echo {
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>) {
        let mut files = Vec::new();
        for file in &event.files {
            let pieces: Vec<Bytes> = self.0.open(file).await.unwrap().try_collect().await.unwrap();
            let content = pieces.concat().into();
            let media_type = file.media_type.clone().unwrap_or_default();
            files.push(File { name: file.name.clone(), media_type, alt: None, content });
        }
        let words = match &event.input {
            Input::Text(text) => format!("{text:?} with {} files", files.len()),
            other => format!("{other:?}"),
        };
        responder.reply(Reply { files, ..Reply::private(words) }).await.unwrap();
    }
}

struct Mirror {
    telegram: TelegramServer,
    ada: Person,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), AdapterError>>,
}

impl Mirror {
    async fn new() -> Self {
        let telegram = TelegramServer::start().await;
        let adapter = Telegram::new(TelegramOptions {
            api_url: Some(telegram.api_url().parse().unwrap()),
            ..TelegramOptions::new(SecretString::from(telegram.token()))
        });
        let adapter = adapter.unwrap();
        let (stop, _) = watch::channel(false);
        let stopping = stop.clone();
        let host = Host::new(Arc::new(Echo(adapter.clone())), Arc::<PassingMemory>::default(), move || {
            let mut stop = stopping.subscribe();
            Box::pin(async move { drop(stop.wait_for(|stop| *stop).await) })
        });
        let served = tokio::spawn(async move { adapter.run(host).await });
        telegram.polled().await;
        let ada = telegram.person("ada");
        Self { telegram, ada, stop, served }
    }

    async fn end(self) {
        self.stop.send_replace(true);
        self.served.await.unwrap().unwrap();
        assert_eq!(self.telegram.violations(), Vec::<String>::new());
        let unread: Vec<String> = self.telegram.unread().iter().map(ToString::to_string).collect();
        assert_eq!(unread, Vec::<String>::new());
    }
}

fn upload(name: &str, media_type: &str, content: &'static [u8]) -> Upload {
    Upload { name: name.to_owned(), media_type: Some(media_type.to_owned()), content: content.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_keeps_its_name_and_content() {
    let mirror = Mirror::new().await;
    let ada = &mirror.ada;
    ada.sends_document(&ada.direct(), &upload("../notes & <more>.txt", "text/plain", b"words"), "/attach DEMO-1");
    assert_snapshot!(ada.reads().await, @r#""jira attach DEMO-1" with 1 files"#);
    let back = ada.reads().await;
    assert_snapshot!(back, @"file notes & <more>.txt, 5 bytes");
    assert_eq!(back.file().unwrap(), "words");
    mirror.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_form_of_a_photo_counts() {
    let mirror = Mirror::new().await;
    let ada = &mirror.ada;
    ada.sends_photo(&ada.direct(), PNG, "");
    assert_snapshot!(ada.reads().await, @r#""" with 1 files"#);
    let back = ada.reads().await;
    assert_eq!(back.file().unwrap(), PNG);
    mirror.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_is_one_message_both_ways() {
    let mirror = Mirror::new().await;
    let ada = &mirror.ada;
    for (name, caption) in [("one.png", "attach DEMO-1"), ("two.png", ""), ("three.png", "")] {
        let mut content = json!({ "media_group_id": "album" });
        if !caption.is_empty() {
            content["caption"] = json!(caption);
        }
        ada.sends_document_with(&ada.direct(), &upload(name, "image/png", PNG), content);
    }
    assert_snapshot!(ada.reads().await, @r#""attach DEMO-1" with 3 files"#);
    for _ in 0..3 {
        assert_eq!(ada.reads().await.file().unwrap(), PNG);
    }
    assert_eq!(mirror.telegram.requests_of("sendMediaGroup").len(), 1);
    mirror.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_telegram_takes_for_no_picture_goes_as_a_document() {
    let mirror = Mirror::new().await;
    let ada = &mirror.ada;
    ada.sends_document(&ada.direct(), &upload("odd.png", "image/png", b"no picture"), "");
    ada.reads().await;
    assert_snapshot!(ada.reads().await, @"file odd.png, 10 bytes");
    mirror.end().await;
}
