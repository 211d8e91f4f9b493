//! Inline mode.

use std::sync::Arc;

use telegram_stand_in::TelegramServer;
use usher_chat::{Audience, Card, Event, Fact, Reply};

use crate::bench::{Bench, says, text};

async fn bench(audience: Audience) -> Bench {
    let telegram = TelegramServer::start().await;
    telegram.inline(true, false);
    let does = move |_: &Event| {
        let fact = |name: &str, value: &str| Fact { name: name.to_owned(), value: value.to_owned() };
        let card = Card {
            key: "DEMO-4".to_owned(),
            title: "Search box jumps".to_owned(),
            url: Some("https://acme.example/browse/DEMO-4".to_owned()),
            facts: vec![fact("Status", "To Do"), fact("Assignee", "Grace")],
            ..Card::default()
        };
        says(Reply { audience, cards: vec![card], ..Reply::default() })
    };
    Bench::with(telegram, Arc::default(), |options| options.inline = true, Arc::new(does)).await
}

#[tokio::test]
async fn a_chosen_card_holds_no_more_than_anybody_may_see() {
    for (audience, words) in
        [(Audience::OnlyAsker, "DEMO-4 · To Do"), (Audience::Everyone, "DEMO-4  Search box jumps · To Do")]
    {
        let mut bench = bench(audience).await;
        let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Elsewhere"));
        room.adds(&ada);
        let query = ada.asks_inline("demo-4");
        let answer = query.answered().await;
        let event = bench.event().await;
        assert_eq!((text(&event), event.place.to_string().as_str()), ("jira view DEMO-4", "telegram:inline/inline"));
        assert_eq!((answer.is_personal(), answer.cache_time()), (true, 0));
        assert_eq!(answer.titles(), ["DEMO-4  Search box jumps - To Do"]);
        ada.chooses(&query, &answer, "DEMO-4  Search box jumps", &room);
        let shown = room.shows();
        assert!(shown.contains(words) && shown.contains("‹Open Usher›"), "{shown}");
        bench.end().await;
    }
}

#[tokio::test]
async fn what_does_not_fit_leads_to_the_direct_chat() {
    let telegram = TelegramServer::start().await;
    telegram.inline(true, false);
    let does = |_: &Event| says(Reply::private("I don't know your Jira account yet."));
    let bench = Bench::with(telegram, Arc::default(), |options| options.inline = true, Arc::new(does)).await;
    let answer = bench.telegram.person("mallory").asks_inline("DEMO-4").answered().await;
    assert_eq!(answer.button(), Some(("I don't know your Jira account yet.".to_owned(), "DEMO-4".to_owned())));
    bench.end().await;
}
