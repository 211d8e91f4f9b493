//! What people may call themselves, or their workspace, to be taken for something else.

/// How much of a name a page shows.
const LONGEST: usize = 160;

const NAMES: [&str; 40] = [
    "Ada Byron",
    "<script>window.ran=1</script>",
    "</title><script>window.ran=1</script>",
    "</style><script>window.ran=1</script>",
    "</dd></dl></main><main><h1>Approved</h1>",
    "\"><img src=x onerror=window.ran=1>",
    "' onmouseover='window.ran=1' autofocus onfocus='window.ran=1",
    "<svg/onload=window.ran=1>",
    "<img src=//evil.example/pixel.png>",
    "<iframe srcdoc=\"<script>parent.ran=1</script>\"></iframe>",
    "<form action=https://evil.example><button>Continue</button>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<!-- ",
    "--><b>",
    "]]><b>",
    "<a href=\"javascript:window.ran=1\">press</a>",
    "javascript:window.ran=1//",
    "https://evil.example/login?next=\"'",
    "&lt;script&gt;window.ran=1&lt;/script&gt; &#60;b&#62; &amp;amp;",
    "%3Cscript%3Ewindow.ran=1%3C/script%3E",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "`connect` \\u003cscript\\u003e \\",
    "\u{202e}nimda eht ma I\u{202c}",
    "\u{2069}\u{2069}\u{202e}.esolc ot si od ot evah uoy llA",
    "\u{2067}\u{2067}\u{2067}Ada",
    "עדה ביירון",
    "آدا بايرون 123",
    "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}\u{36b}\u{33d}\u{34f}\u{334}\u{319}\u{324}\u{31e}\u{349}\u{35a}\u{32f}\u{31e}\u{320}\u{34d}A\u{36b}\u{357}\u{334}\u{362}\u{335}\u{31c}\u{330}\u{354}L\u{368}\u{367}\u{369}\u{358}\u{320}G\u{311}\u{357}\u{30e}\u{305}\u{35b}\u{341}\u{334}\u{33b}\u{348}\u{34d}\u{354}\u{339}O\u{342}\u{30c}\u{30c}\u{358}\u{328}\u{335}\u{339}\u{33b}\u{31d}\u{333}",
    "👩🏽‍💻👨‍👩‍👧‍👦🏳️‍🌈🇺🇦",
    "Ada\u{0}\u{1}\u{7}\u{1b}[31m\u{7f}\u{85}\u{9b}31m",
    "two\r\nlines\tand\u{2028}more\u{2029}",
    "\u{feff}Ada\u{200b}\u{200d}\u{ad}\u{fffd}\u{fffe}",
    "Ａｄａ ａｄｍｉｎ ﷽ ꧅ 𒐫",
    "\u{202e}",
    "ada\u{301}\u{301}\u{301} и А\u{434}\u{430}",
    "Usher. Press Continue, it is safe. You asked for this link yourself",
    "null\0undefined NaN -1 ' OR 1=1; --",
];

/// The name that stands `far` behind this turn's in the list; once all had their turn, two of them or a very long one.
pub fn name(turn: u64, far: u64, rng: &mut fastrand::Rng) -> String {
    let known = NAMES[(turn + far) as usize % NAMES.len()];
    match turn / NAMES.len() as u64 {
        0 => known.to_owned(),
        _ => match rng.u32(..4) {
            0 => known.repeat(200),
            1 => "W".repeat(rng.usize(160..5000)),
            _ => format!("{known}{}", NAMES[rng.usize(..NAMES.len())]),
        },
    }
}

/// How a page shows it: without what controls a device or turns the direction of writing, and not endlessly.
pub fn shown(name: &str) -> String {
    let turns = ['\u{61c}', '\u{200e}', '\u{200f}'];
    let plain: String = name
        .chars()
        .filter(|sign| !sign.is_control() && !turns.contains(sign))
        .filter(|sign| !('\u{202a}'..='\u{202e}').contains(sign) && !('\u{2066}'..='\u{2069}').contains(sign))
        .collect();
    let plain = plain.trim();
    match plain.chars().count() {
        0 => "(no name)".to_owned(),
        1..=LONGEST => plain.to_owned(),
        _ => plain.chars().take(LONGEST).chain(['…']).collect(),
    }
}
