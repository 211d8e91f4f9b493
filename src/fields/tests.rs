//! Fields as Jira describes them, what is asked, and what is sent.

use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jira::Allowed;

fn context(site: SiteKind) -> Context {
    let time_zone = TimeZone::fixed(jiff::tz::offset(1));
    Context { site, today: date(2026, 11, 25), time_zone }
}

fn field(kind: &str) -> FieldMeta {
    FieldMeta { id: "customfield_10010".into(), name: "The field".into(), kind: kind.into(), ..FieldMeta::default() }
}

fn custom(kind: &str, items: &str, key: &str) -> FieldMeta {
    let custom = Some(format!("com.atlassian.jira.plugin.system.customfieldtypes:{key}"));
    FieldMeta { items: Some(items.to_owned()).filter(|items| !items.is_empty()), custom, ..field(kind) }
}

fn allowed(id: impl Into<String>, name: &str) -> Allowed {
    Allowed { id: id.into(), name: name.into(), children: Vec::new() }
}

fn cascading() -> FieldMeta {
    let children = vec![allowed("11", "Bern"), allowed("12", "Basel")];
    let allowed = vec![Allowed { children, ..allowed("1", "Switzerland") }, allowed("2", "Peru")];
    FieldMeta { allowed, ..custom("option-with-child", "", "cascadingselect") }
}

fn choosing(kind: &str, items: &str, names: &[&str]) -> FieldMeta {
    let names = names.iter().enumerate();
    let allowed = names.map(|(index, name)| allowed((100 + index).to_string(), name)).collect();
    FieldMeta { allowed, ..custom(kind, items, "select") }
}

fn sent(field: &FieldMeta, input: &[&str]) -> Result<Value, String> {
    let input: Vec<String> = input.iter().map(|text| (*text).to_owned()).collect();
    value(field, &context(SiteKind::Cloud), &input).map_err(|error| error.message)
}

fn refused(field: &FieldMeta, input: &str) -> String {
    sent(field, &[input]).unwrap_err()
}

#[test]
fn each_type_is_asked_for_in_its_way() {
    let epic = FieldMeta { custom: Some("com.pyxis.greenhopper.jira:gh-epic-link".into()), ..field("any") };
    let description = FieldMeta { system: Some("description".into()), ..field("string") };
    let labels = FieldMeta { system: Some("labels".into()), items: Some("string".into()), ..field("array") };
    for (field, kind) in [
        (field("string"), Some(FieldKind::Line)),
        (description, Some(FieldKind::Paragraph)),
        (custom("string", "", "textarea"), Some(FieldKind::Paragraph)),
        (custom("string", "", "url"), Some(FieldKind::Line)),
        (custom("number", "", "float"), Some(FieldKind::Number)),
        (field("date"), Some(FieldKind::Date)),
        (field("datetime"), Some(FieldKind::DateTime)),
        (choosing("option", "", &["Red"]), Some(FieldKind::Choice)),
        (choosing("priority", "", &["High"]), Some(FieldKind::Choice)),
        (choosing("array", "option", &["Red"]), Some(FieldKind::Choices)),
        (choosing("array", "component", &["UI"]), Some(FieldKind::Choices)),
        (choosing("array", "version", &["1.0"]), Some(FieldKind::Choices)),
        (labels, Some(FieldKind::Line)),
        (custom("array", "string", "labels"), Some(FieldKind::Line)),
        (field("user"), Some(FieldKind::Person)),
        (field("issuelink"), Some(FieldKind::Line)),
        (epic, Some(FieldKind::Line)),
        (custom("option-with-child", "", "cascadingselect"), None),
        (cascading(), Some(FieldKind::Choice)),
        (choosing("option", "", &[]), None),
        (custom("string", "", "readonlyfield"), None),
        (custom("array", "user", "multiuserpicker"), Some(FieldKind::Person)),
        (field("timetracking"), Some(FieldKind::Line)),
        (custom("group", "", "grouppicker"), Some(FieldKind::Line)),
        (custom("array", "group", "multigrouppicker"), Some(FieldKind::Line)),
        (custom("array", "json", "gh-sprint"), Some(FieldKind::Line)),
        (custom("array", "string", "gh-sprint"), Some(FieldKind::Line)),
        (field("team"), Some(FieldKind::Line)),
        (field("comments-page"), None),
        (field("issuetype"), None),
    ] {
        assert_eq!(form_field(&field).map(|asked| asked.kind), kind, "{field:?}");
    }
    let asked = form_field(&FieldMeta { required: true, ..choosing("option", "", &["Red", "Blue"]) }).unwrap();
    assert_eq!((asked.name.as_str(), asked.label.as_str(), asked.required), ("customfield_10010", "The field", true));
    assert_eq!(asked.options, ["Red", "Blue"]);
    let defaulted = FieldMeta { required: true, has_default: true, ..field("number") };
    assert!(!form_field(&defaulted).unwrap().required);
}

#[test]
fn what_is_entered_becomes_what_jira_reads() {
    let epic = FieldMeta { custom: Some("com.pyxis.greenhopper.jira:gh-epic-link".into()), ..field("any") };
    for (field, input, expected) in [
        (field("string"), vec!["two\nlines"], json!("two lines")),
        (custom("string", "", "url"), vec!["https://example.org/a"], json!("https://example.org/a")),
        (field("number"), vec!["3"], json!(3)),
        (field("number"), vec!["-2.5"], json!(-2.5)),
        (choosing("option", "", &["Red", "Reddish"]), vec!["red"], json!({"id": "100"})),
        (choosing("option", "", &["Red", "Blue"]), vec!["bl"], json!({"id": "101"})),
        (choosing("option", "", &["Red", "Blue"]), vec!["101"], json!({"id": "101"})),
        (choosing("option", "", &["red", "Red"]), vec!["Red"], json!({"id": "101"})),
        (
            choosing("array", "component", &["UI", "API", "A, B"]),
            vec!["ui, api", "A, B", "UI"],
            json!([{"id": "100"}, {"id": "101"}, {"id": "102"}]),
        ),
        (custom("array", "string", "labels"), vec!["one, two one", "three"], json!(["one", "two", "three"])),
        (field("issuelink"), vec!["demo-1"], json!({"key": "DEMO-1"})),
        (cascading(), vec!["switzerland>be"], json!({"id": "1", "child": {"id": "11"}})),
        (cascading(), vec!["Peru"], json!({"id": "2"})),
        (epic, vec!["DEMO-2"], json!("DEMO-2")),
        (field("datetime"), vec!["2026-12-01 14:30"], json!("2026-12-01T14:30:00.000+0100")),
        (field("datetime"), vec!["tomorrow 9:05"], json!("2026-11-26T09:05:00.000+0100")),
        (field("datetime"), vec!["2026-12-01T14:30:00Z"], json!("2026-12-01T15:30:00.000+0100")),
        (field("number"), vec![" "], Value::Null),
        (choosing("array", "option", &["Red"]), vec![], json!([])),
    ] {
        assert_eq!(sent(&field, &input).as_ref(), Ok(&expected), "{input:?}");
    }
}

#[test]
fn cloud_and_data_center_differ_in_text_and_people() {
    let area = custom("string", "", "textarea");
    let input = ["**bold** - and\nmore".to_owned()];
    let cloud = value(&area, &context(SiteKind::Cloud), &input).unwrap();
    assert_eq!(cloud["type"], "doc");
    assert_eq!(cloud["content"][0]["content"][0]["marks"][0]["type"], "strong");
    let data_center = value(&area, &context(SiteKind::DataCenter), &input);
    assert_eq!(data_center, Ok(json!("*bold* - and\nmore")));
    let input = ["ada".to_owned()];
    assert_eq!(value(&field("user"), &context(SiteKind::Cloud), &input), Ok(json!({"accountId": "ada"})));
    assert_eq!(value(&field("user"), &context(SiteKind::DataCenter), &input), Ok(json!({"name": "ada"})));
    let users = FieldMeta { items: Some("user".into()), ..field("array") };
    assert_eq!(value(&users, &context(SiteKind::DataCenter), &input), Ok(json!([{"name": "ada"}])));
}

#[test]
fn days_are_read_as_people_write_them() {
    // 25 November 2026 is a Wednesday.
    for (text, day) in [
        ("2026-12-01", "2026-12-01"),
        ("Today", "2026-11-25"),
        ("tomorrow", "2026-11-26"),
        ("+3d", "2026-11-28"),
        ("+2w", "2026-12-09"),
        ("-1d", "2026-11-24"),
        ("+1m", "2026-12-25"),
        ("friday", "2026-11-27"),
        ("fri", "2026-11-27"),
        ("wednesday", "2026-12-02"),
    ] {
        assert_eq!(sent(&field("date"), &[text]), Ok(json!(day)), "{text}");
    }
}

#[test]
fn every_refusal_says_what_would_fit() {
    let many: Vec<String> = (1..=20).map(|number| format!("Choice {number:02}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let refusals = [
        refused(&field("number"), "a lot"),
        refused(&field("number"), "1,5"),
        refused(&field("number"), "inf"),
        refused(&field("date"), "someday"),
        refused(&field("date"), "2026-02-30"),
        refused(&field("date"), "+99999999999d"),
        refused(&field("datetime"), "tomorrow"),
        refused(&field("datetime"), "noon"),
        refused(&custom("string", "", "url"), "javascript:alert(1)"),
        refused(&field("issuelink"), "../secret"),
        refused(&field("string"), &"x".repeat(300)),
        refused(&choosing("option", "", &["Red", "Green", "Blue"]), "pink"),
        refused(&choosing("option", "", &["Red", "Reddish"]), "r"),
        refused(&choosing("option", "", &["Red", "Red"]), "red"),
        refused(&choosing("option", "", &many), "choice 3"),
        refused(&choosing("option", "", &many), "choice"),
        refused(&cascading(), "Switzerland > b"),
        refused(&field("comments-page"), "1d"),
        refused(&field("number"), &"9".repeat(70_000)),
        sent(&field("number"), &["1", "2"]).unwrap_err(),
        sent(&FieldMeta { required: true, ..field("number") }, &[]).unwrap_err(),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    `a lot` is not a number.
    `1,5` is not a number. Use a point: `1.5`.
    `inf` is not a number.
    `someday` is not a day. Write it as `2026-12-01`, `today`, `tomorrow`, `friday` or `+3d`.
    `2026-02-30` is not a day. Write it as `2026-12-01`, `today`, `tomorrow`, `friday` or `+3d`.
    `+99999999999d` is not a day. Write it as `2026-12-01`, `today`, `tomorrow`, `friday` or `+3d`.
    `tomorrow` has no time. Add one, such as `tomorrow 14:30`.
    `noon` is not a day and time. Write it as `2026-12-01 14:30` or `tomorrow 9:00`.
    `javascript:alert(1)` is not a web address. It begins with `https://` or `http://`.
    `../secret` is not an issue key. A key looks like `DEMO-1`.
    At most 255 characters fit, and this has 300.
    `pink` is not a choice. Choose Red, Green or Blue.
    `r` could be Red or Reddish. Write more of it.
    There is more than one `red`. Set it in Jira itself.
    `choice 3` is not a choice. The nearest are Choice 03, Choice 13, Choice 01, Choice 02, Choice 04, Choice 05, Choice 06, Choice 07, Choice 08 and Choice 09.
    `choice` could be Choice 01, Choice 02, Choice 03, Choice 04, Choice 05, Choice 06, Choice 07, Choice 08, Choice 09, Choice 10 and 10 more. Write more of it.
    `Switzerland > b` could be Switzerland > Bern or Switzerland > Basel. Write more of it.
    This field can only be set in Jira itself.
    `999999999999999999999999999999999999999999999999999999999999…` is not a number.
    Only one value fits, and 2 were given.
    A value is needed.
    ");
    let error = value(&field("number"), &context(SiteKind::Cloud), &["x".to_owned()]).unwrap_err();
    assert_eq!(error.to_string(), "The field: `x` is not a number.");
}

proptest! {
    #[test]
    fn no_input_is_too_odd(input in any::<Vec<String>>(), kind in "(string|number|date|datetime|issuelink|user)") {
        let _ = value(&field(&kind), &context(SiteKind::DataCenter), &input);
        let _ = value(&choosing("array", "option", &["Red", "İ"]), &context(SiteKind::Cloud), &input);
    }

    #[test]
    fn no_day_is_too_odd(text in "[+-]?[0-9a-zT: .-]{0,20}") {
        let _ = parse_day(&text, date(9999, 12, 30));
        let _ = parse_moment(&text, date(9999, 12, 31), &TimeZone::UTC);
    }
}

#[test]
fn what_was_looked_up_is_sent_as_jira_takes_it() {
    for (field, what, entered, json) in [
        (custom("group", "", "grouppicker"), Named::Group, vec!["leads"], json!({"name": "leads"})),
        (
            custom("array", "group", "multigrouppicker"),
            Named::Group,
            vec!["leads", "jira-users"],
            json!([{"name": "leads"}, {"name": "jira-users"}]),
        ),
        (custom("array", "json", "gh-sprint"), Named::Sprint, vec!["37"], json!(37)),
        (field("team"), Named::Team, vec!["36885b3c"], json!("36885b3c")),
    ] {
        assert_eq!(named(&field), Some(what), "{field:?}");
        assert_eq!(sent(&field, &entered), Ok(json), "{field:?}");
    }
    assert_eq!(named(&self::field("timetracking")), None);
    assert_eq!(sent(&self::field("timetracking"), &["1d 30m"]), Ok(json!({"originalEstimate": "510m"})));
    assert!(refused(&self::field("timetracking"), "soon").starts_with("`soon` is not a length of time."));
    assert_eq!(refused(&custom("array", "json", "gh-sprint"), "Sprint 3"), "`Sprint 3` is no sprint.");
}

#[test]
fn what_goes_back_is_not_always_what_came() {
    let team = field("team");
    let told = json!({"id": "36885b3c", "name": "Platform", "isVisible": true});
    assert_eq!(kept(&team, &told), Some(("Platform".to_owned(), json!("36885b3c"))));
    assert_eq!(kept(&team, &Value::Null), Some(("nothing".to_owned(), Value::Null)));
    assert_eq!(kept(&field("string"), &json!("x")), None);
}
