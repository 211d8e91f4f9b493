//! Two people, two browsers: who starts, who opens, who consents, who sends. A person sends only a code that their own
//! browser has shown them; that somebody reads theirs out to another is counted by itself.

use usher::identity::{LinkState, list_links};

use super::Found;
use crate::linking::{Browser, World, code_of, verifier_of};

/// Both are known by the same names in chat and in Jira.
const PEOPLE: [&str; 2] = ["ada", "grace"];

/// Which kind of link.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Cloud,
    DataCenter,
    DataCenterOauth1,
}

pub async fn run(found: &mut Found) {
    let (mut tried, mut own, mut handed, mut wrong) = (0_u64, 0_u64, 0_u64, 0_u64);
    for kind in [Kind::Cloud, Kind::DataCenter, Kind::DataCenterOauth1] {
        for roles in 0..16_usize {
            let [starts, opens, consents, sends] = [0, 1, 2, 3].map(|bit| roles >> bit & 1);
            tried += 1;
            let linked = once(kind, [starts, opens, consents, sends]).await;
            // A code of Data Center's own is good for whoever started, wherever the page was opened before.
            let one_browser = opens == consents || kind == Kind::DataCenterOauth1;
            let expected = (one_browser && starts == sends).then_some((starts, consents));
            found.expect(linked == expected, || {
                format!("{kind:?} {roles:04b}: linked {linked:?} in place of {expected:?}")
            });
            match linked {
                Some((person, account)) if person == account => own += 1,
                Some(_) if consents != sends => handed += 1,
                Some(_) => wrong += 1,
                None => {}
            }
        }
    }
    found.figure("combinations", tried);
    found.figure("that linked somebody to their own account", own);
    found.figure("that needed a code which its owner read out to another", handed);
    found.zero("wrong links without that", wrong);
}

/// Walks one combination. Gives who is linked to whose account, if anybody.
async fn once(kind: Kind, [starts, opens, consents, sends]: [usize; 4]) -> Option<(usize, usize)> {
    let world = if kind == Kind::DataCenter { World::with_dc_oauth2().await } else { World::new().await };
    let site = if kind == Kind::Cloud { "acme" } else { "corp" };
    let browsers = [Browser::new(), Browser::new()];
    let link = world.link(PEOPLE[starts], site).await;
    let code = if kind == Kind::DataCenterOauth1 {
        assert_eq!(browsers[opens].get(&link).await.status, 200);
        verifier_of(&browsers[consents].decide_dc(&link, PEOPLE[consents], "allow").await.text)
    } else {
        assert_eq!(browsers[opens].get(&link).await.status, 200);
        let away = browsers[opens].post(&link, &[]).await;
        let back = browsers[consents].decide(&away.location(), PEOPLE[consents], "allow").await;
        let page = browsers[consents].get(&back).await;
        if page.status != 200 {
            return None;
        }
        code_of(&page.text)
    };
    world.dms(PEOPLE[sends], &code).await;
    let links = list_links(&world.store).unwrap();
    let active: Vec<_> = links.iter().filter(|link| link.state == LinkState::Active).collect();
    assert!(active.len() <= 1, "{active:?}");
    let index = |name: &str| PEOPLE.iter().position(|known| name.to_lowercase().starts_with(known)).unwrap();
    active.first().map(|link| (index(link.person.user.as_str()), index(&link.account_name)))
}
