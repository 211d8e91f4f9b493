//! Both ways of linking in a real browser, for people with hostile names. Chromium is the machine's own: `CHROMIUM` names it, or
//! it is looked for on the path. With `PICTURES` every page is also kept as a picture, in the folder that it names.

mod chromium;
mod look;
mod names;
mod seen;
mod stage;
mod tab;
mod walk;

use futures::FutureExt;

use chromium::Chromium;
use look::{Expected, Looks};
use stage::{Kind, Stage};
use tab::Tab;
use walk::{WAYS, Walk};

use crate::trial::{Asked, Found, Trial, grouped};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "pages",
    what: "Chromium walks linking on Cloud and on Data Center, by OAuth 2.0 and by verification code, for people with hostile \
           names: forth, back, again, with a no, with the way back opened twice and in another profile; each page is looked at \
           from within, at 360 and 320 pixels, light and dark",
    stated: 150,
    unit: "walks",
    quick: 15,
    run: |asked| run(asked).boxed(),
};

const KINDS: [Kind; 3] = [Kind::Cloud, Kind::DataCenter, Kind::DataCenterOauth1];

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let chromium = match Chromium::start().await {
        Ok(chromium) => chromium,
        Err(why) => {
            found.broke(why);
            return found;
        }
    };
    if let Err(why) = would_see(&chromium).await {
        found.broke(why);
        return found;
    }
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    let mut looks = Looks::default();
    let (mut linked, mut wrong) = (0, 0);
    let mut stages = Vec::new();
    for kind in KINDS {
        stages.push(Stage::set(kind).await);
    }
    for number in 0..asked.bound {
        let (stage, turn) = (&stages[number as usize % KINDS.len()], number / KINDS.len() as u64);
        let way = WAYS[turn as usize % WAYS.len()];
        let names = [0, 13, 27].map(|far| names::name(turn, far, &mut rng));
        let mut walk = Walk::new(stage, &chromium, &mut looks, way, number, names);
        let ended = walk.goes().await;
        (linked, wrong) = (linked + walk.linked, wrong + walk.wrong);
        looks.drain(&mut found, number);
        if let Err(why) = ended {
            found.broke(format!("walk {number} ({:?}, {way:?}): {why}", stage.kind));
        }
        found.done += 1;
    }
    found.figure("browser", chromium.version().await.unwrap_or_default());
    chromium.end().await;
    for stage in stages {
        stage.end().await;
    }
    found.figure("pages looked at", grouped(looks.pages));
    found.figure("of ours", grouped(looks.ours));
    found.figure("of different headings", looks.headings.len());
    found.figure("links made where they should be", grouped(linked));
    found.zero("links made elsewhere", wrong);
    found.zero("scripts, dialogs and complaints of the browser", looks.scripts);
    found.zero("requests to others", looks.elsewhere);
    found.zero("names that do not stand as they are", looks.names);
    found.zero("pages that are too wide, faint, small or without their parts", looks.shape);
    found
}

/// A page on which everything is wrong: whoever finds nothing here finds nothing anywhere.
const WRONG: &str = "data:text/html,<title>x</title><meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">\
    <body><style>p{color:red}</style><script>window.ran=1;alert(1)</script><button></button>\
    <img src=http://127.0.0.1:9/x.png width=3000><p><font color=%23ccc>faint</font> &%23x202e;our own words <bdi>Eve</bdi>";

/// What must be said of it.
const SAID: [&str; 13] = [
    "status 200",
    "scripts, ran: \"1\"",
    "dialog: \"1\"",
    "Content Security Policy",
    "asks for http://127.0.0.1:9/x.png",
    "pixels wider than 320",
    "[\"Eve\"] in place of []",
    "faint words: [\"faint\"]",
    "words that run backwards",
    "names that may cover other words",
    "too small to press",
    "a button without a name",
    "language or phone",
];

async fn would_see(chromium: &Chromium) -> Result<(), String> {
    let (tab, mut looks) = (Tab::open(chromium).await?, Looks::default());
    tab.goes(WRONG).await?;
    looks.ours(&tab, &[], Expected { status: 404, heading: "Wrong", names: &[] }).await?;
    tab.ends().await?;
    let blind = SAID.iter().find(|words| !looks.said(words));
    blind.map_or(Ok(()), |words| Err(format!("what is wrong on purpose is not seen: {words}")))
}
