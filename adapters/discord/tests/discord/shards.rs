//! Several shards, each with servers of its own.

use std::{sync::Arc, time::Duration};

use discord_stand_in::Guild;
use usher_chat::Responder;

use crate::support::{private, stage};

#[tokio::test]
async fn two_shards_serve_their_own_servers() {
    let mut stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(private("Done")).await.unwrap())).await;
    stage.server.recommend_shards(2);
    stage.restart(|_, _| {}).await;
    stage.server.identified(2).await;
    // Discord wants five seconds between two shards. Nobody waits for them here.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    tokio::time::resume();
    stage.server.identified(3).await;
    stage.server.connected(2).await;
    // Which shard a server belongs to is in its id.
    let shard = |guild: &Guild| (guild.id() >> 22) % 2;
    stage.server.advance(Duration::from_millis(1));
    let other = stage.server.guild("Oil Works");
    assert_ne!(shard(&other), shard(&stage.guild));
    other.add(&stage.ada);
    let oil = other.channel("oil");
    for seat in [stage.ada(), stage.ada.at(&oil), stage.ada.direct()] {
        assert!(seat.slash("/jira view key:DEMO-1").reply().await.to_string().ends_with("Done"));
        stage.event().await;
    }
    stage.finish().await;
}
