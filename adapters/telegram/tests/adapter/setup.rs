//! Menus, members, and what `usher check` finds.

use usher_chat::{AdapterError, ChatAdapter, Person, Platform, Workspace};
use usher_telegram::{Telegram, TelegramOptions};

use crate::bench::{Bench, commands};

#[tokio::test]
async fn each_scope_has_the_commands_of_its_readers() {
    let bench = Bench::new(|_| Vec::new()).await;
    let private = bench.telegram.commands("all_private_chats", "");
    assert_eq!(private[1..], ["view - Does view", "comment - Does comment", "connect - Does connect"]);
    assert_eq!(bench.telegram.commands("all_group_chats", ""), private);
    assert_eq!(
        bench.telegram.commands("all_chat_administrators", "").last().unwrap(),
        "admin_allow - Does admin allow"
    );
    bench.end().await;
}

#[tokio::test]
async fn members_are_asked_anew() {
    let bench = Bench::new(|_| Vec::new()).await;
    let (ada, root, room) =
        (bench.telegram.person("ada"), bench.telegram.person("root"), bench.telegram.supergroup("Engine Works"));
    room.owned_by(&root);
    room.adds(&ada);
    let workspace = Workspace::new(Platform::TELEGRAM, room.id().to_string());
    let person = |id: i64| Person::new(Platform::TELEGRAM, id.to_string());
    let member = bench.bot.member(&workspace, &person(root.id())).await.unwrap();
    assert_eq!((member.present, member.admin, member.roles.len()), (true, true, 1));
    let member = bench.bot.member(&workspace, &person(ada.id())).await.unwrap();
    assert_eq!((member.present, member.admin, member.roles.len()), (true, false, 0));
    ada.leaves(&room);
    assert!(!bench.bot.member(&workspace, &person(ada.id())).await.unwrap().present);
    assert_eq!(bench.bot.admins(&workspace).await.unwrap(), [person(root.id())]);
    room.removes_bot(&root);
    let gone = bench.bot.member(&workspace, &person(root.id())).await;
    assert!(matches!(gone, Err(AdapterError::Unknown(_))), "{gone:?}");
    bench.end().await;
}

#[tokio::test]
async fn a_check_says_what_is_well_and_what_to_mend() {
    let bench = Bench::new(|_| Vec::new()).await;
    let found: Vec<_> = bench.bot.check(&commands()).await;
    let lines =
        |found: &[Result<String, String>]| found.iter().map(|line| format!("{line:?}")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(lines(&found), @r#"
    Ok("@usherbot, privacy mode on")
    Ok("polling")
    Ok("commands published")
    "#);
    insta::assert_snapshot!(lines(&bench.bot.check(&commands()[1..]).await).lines().last().unwrap(), @r#"Ok("commands will be published at the next start")"#);
    let options = TelegramOptions {
        api_url: Some(bench.telegram.api_url().parse().unwrap()),
        ..TelegramOptions::new("1:wrong".to_owned().into())
    };
    let wrong = Telegram::new(options).unwrap();
    insta::assert_snapshot!(lines(&wrong.check(&[]).await), @r#"Err("Telegram does not know this token. @BotFather shows it: /mybots, API Token")"#);
    assert!(!format!("{wrong:?}").contains("wrong"), "the token is never shown");
    bench.end().await;
}
