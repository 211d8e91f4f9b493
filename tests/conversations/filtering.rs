//! `filters` and `filter`: what people have saved in Jira, held to the projects of the place.

use insta::assert_snapshot;

use crate::support::{Chat, Setup, conversation, conversation_with};

/// Calls the sites by names that stay.
fn named(chat: &Chat) {
    chat.house.platform.call(chat.house.jira.cloud_url(), "https://acme");
    chat.house.platform.call(chat.house.jira.dc_url(), "https://corp");
}

fn only_web(setup: &mut Setup) {
    setup.rules = vec!["allow reader in #eng on WEB"];
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_filter() {
    conversation(async |chat| {
        named(chat);
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira filter unicorns").await, @r#"
        (only you) No filter of yours is called "unicorns". There are:
        menu: Open bugs / Waiting for Grace / Everything / Broken
        "#);
        // Of somebody else, and not shared.
        assert_snapshot!(chat.says("ada", "eng", "jira filter 30004").await, @"(only you) Jira did not accept this. The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.");
        assert_snapshot!(chat.says("ada", "eng", "jira filter broken").await, @"(only you) I can't read what `Broken` searches. I can't read this search at its end: a value should stand there. Open it in Jira.");
        assert_snapshot!(chat.says("linus", "eng", "jira filters bugs").await, @r#"(only you) You have no filter that matches "bugs"."#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_only_what_may_be_used_here() {
    conversation_with(only_web, async |chat| {
        named(chat);
        chat.linked("ada", "acme").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        // Its own search reaches every project; the place does not.
        assert_snapshot!(chat.says("ada", "eng", "jira filter open bugs").await, @r"
        (only you) 5 of 5 in Open bugs
        WEB-3  Images are blurred on phones · To Do · Grace Hopper
        WEB-6  Prices without tax · Ready for review · Ada Byron
        WEB-7  The order form forgets the address · To Do · Ada Byron
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        WEB-31  Safari 17: cookie dropped · To Do · nobody
        [WEB-3] [WEB-6] [WEB-7] [WEB-12] [WEB-31]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira filter 30003").await, @r"
        (only you) 10 of 10 in Everything
        WEB-31  Safari 17: cookie dropped · To Do · nobody
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        WEB-44  Login page jumps · Done · Ada Byron
        WEB-7  The order form forgets the address · To Do · Ada Byron
        WEB-6  Prices without tax · Ready for review · Ada Byron
        WEB-5  Compare two engines side by side · To Do · nobody
        WEB-4  Cookie banner · To Do · nobody
        WEB-3  Images are blurred on phones · To Do · Grace Hopper
        WEB-2  Choose a font · Done · Linus Winter
        WEB-1  A page for every engine · Done · Ada Byron
        [WEB-31] [WEB-12] [WEB-44] [WEB-7] [WEB-6]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_listed_and_run() {
    conversation(async |chat| {
        named(chat);
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira filters").await, @r"
        (only you) You have 4 filters

        - [Everything](https://acme/issues/?filter=30003) · with your star
        - [Open bugs](https://acme/issues/?filter=30001) · with your star
        - [Broken](https://acme/issues/?filter=30005)
        - [Waiting for Grace](https://acme/issues/?filter=30002)
        [Everything] [Open bugs] [Broken] [Waiting for Grace]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Open bugs").await, @r#"
        (only you) The first 10 in Open bugs, there are more
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        DEMO-4  Gauge shows minus one litre after a restart · To Do · nobody
        DEMO-9  @everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · To Do · nobody
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-19  Search box shows the previous result · To Do · nobody
        WEB-3  Images are blurred on phones · To Do · Grace Hopper
        WEB-6  Prices without tax · Ready for review · Ada Byron
        WEB-7  The order form forgets the address · To Do · Ada Byron
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        [DEMO-2] [DEMO-4] [DEMO-9] [DEMO-13] [DEMO-18] [More]
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira filter everything").await, @r#"
        (only you) The first 10 in Everything, there are more
        DEMO-25  Let the engine hum a tune · To Do · nobody
        DEMO-24  Prepare the demo for Thursday · In Progress · Ada Byron
        DEMO-19  Search box shows the previous result · To Do · nobody
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-16  Über-pressure valve: naïve café résumé ☕ 測試 · To Do · nobody
        WEB-31  Safari 17: cookie dropped · To Do · nobody
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        DEMO-9  @everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · To Do · nobody
        DEMO-4  Gauge shows minus one litre after a restart · To Do · nobody
        [DEMO-25] [DEMO-24] [DEMO-19] [DEMO-18] [DEMO-16] [More]
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "More").await, @r"
        (only you, in its place) The next 10 in Everything, there are more
        DEMO-8  Ask Linus about the kernel of the pump · To Do · Gracie Lane
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        DEMO-1  Write a welcome page for new people · To Do · Ada Byron
        DEMO-15  Calibrate the thermometer · To Do · nobody
        DEMO-14  Borrow a freezer · Done · Ada Byron
        WEB-44  Login page jumps · Done · Ada Byron
        DEMO-3  As a pilot I want to see the fuel level in litres · In Progress · Ada Byron
        DEMO-21  Clean up feature flags · To Do · Ada Byron
        WEB-7  The order form forgets the address · To Do · Ada Byron
        WEB-6  Prices without tax · Ready for review · Ada Byron
        [DEMO-8] [DEMO-2] [DEMO-1] [DEMO-15] [DEMO-14] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_lists_those_with_a_star() {
    conversation(async |chat| {
        named(chat);
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira filters").await, @r"
        (only you) You have 2 filters

        - [Doors](https://corp/issues/?filter=31002) · with your star
        - [Open work](https://corp/issues/?filter=31001) · with your star
        [Doors] [Open work]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira filter open").await, @r"
        (only you) 10 of 11 in Open work
        CORP-1  Buy chairs for the new room · Open · Grace Hopper
        CORP-2  Book the train to Zürich · Open · Ada Byron
        CORP-3  The door of room 3 is stuck · Open · nobody
        CORP-4  Leave the old data centre · Open · nobody
        OPS-1  Mail is slow since Monday · In Progress · Ada Byron
        OPS-2  Replace the disk in rack 4 · Open · Grace Hopper
        OPS-3  @everyone *stars* {color:red}red{color} <b>html</b> [~abyron] {\rtf1 x} | pipe · Open · nobody
        OPS-6  Move the wiki to the new host · In Progress · Ada Byron
        OPS-7  Copy the attachments · Open · Gracie Lane
        OPS-8  Password in a job's output · Open · Ada Byron
        [CORP-1] [CORP-2] [CORP-3] [CORP-4] [OPS-1] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira filter 31002").await, @r"
        (only you) 1 of 1 in Doors
        CORP-3  The door of room 3 is stuck · Open · nobody
        [CORP-3]
        ");
    })
    .await;
}
