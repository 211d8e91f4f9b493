//! What is read is what is printed, and what is printed stays inside its projects.

use proptest::prelude::*;

use super::*;

fn keys(names: &[&str]) -> Vec<ProjectKey> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn printed(text: &str) -> String {
    Jql::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

fn held(text: &str) -> String {
    Jql::parse(text).unwrap().restrict(&ProjectScope::only(keys(&["WEB"]))).unwrap().to_string()
}

#[test]
fn everything_that_people_type_is_read() {
    for (typed, wanted) in [
        ("", ""),
        ("  ", ""),
        ("order by updated", "ORDER BY updated"),
        ("project = WEB", r#"project = "WEB""#),
        ("status = 'In Progress' and assignee=currentUser()", r#"status = "In Progress" AND assignee = currentUser()"#),
        ("a = 1 or b = 2 and c = 3", r#""a" = 1 OR ("b" = 2 AND "c" = 3)"#),
        ("(a = 1 || b = 2) && !c = 3", r#"("a" = 1 OR "b" = 2) AND NOT ("c" = 3)"#),
        ("not not a is empty", r#"NOT (NOT ("a" is EMPTY))"#),
        ("fixVersion is not null", "fixVersion is not EMPTY"),
        ("labels not in (a, \"b c\", 'd')", r#"labels not in ("a", "b c", "d")"#),
        ("sprint in openSprints()", "sprint in openSprints()"),
        ("due <= 7d and created > -2w", r#"due <= "7d" AND created > "-2w""#),
        ("updated >= startOfDay(\"-1\")", r#"updated >= startOfDay("-1")"#),
        ("updated >= startOfDay(-1)", "updated >= startOfDay(-1)"),
        ("cf[10011] ~ x", r#"cf[10011] ~ "x""#),
        ("issue.property[usher].id.x = y", r#"issue.property["usher"].id.x = "y""#),
        ("\"Story Points\" != 5", r#""Story Points" != 5"#),
        ("status changed from a to b by c after -1d", r#"status changed from "a" to "b" by "c" after "-1d""#),
        ("status was not in (a, b) during (x, y)", r#"status was not in ("a", "b") during ("x", "y")"#),
        ("status was open on 2020-01-01", r#"status was "open" on "2020-01-01""#),
        ("text ~ '\"exact words\" \\\\+x'", r#"text ~ "\"exact words\" \\+x""#),
        ("summary !~ \"a\\u0041\\n\"", r#"summary !~ "aA\n""#),
        (
            "key = WEB-1 ORDER BY rank ASC, \"Story Points\" desc",
            r#"key = "WEB-1" ORDER BY rank ASC, "Story Points" DESC"#,
        ),
        ("статус = Готово", r#""статус" = "Готово""#),
    ] {
        assert_eq!(printed(typed), wanted, "{typed}");
        assert_eq!(printed(wanted), wanted, "{wanted}");
    }
}

#[test]
fn what_does_not_parse_is_refused_with_its_place() {
    for (typed, wanted) in [
        (
            "status = In Progress",
            "I can't read this search at `Progress` (character 13): AND, OR, ORDER BY or the end should stand there.",
        ),
        ("status =", "I can't read this search at its end: a value should stand there."),
        (
            "status",
            "I can't read this search at its end: a comparison such as `=`, `!=`, `~` or IN should stand there.",
        ),
        ("= x", "I can't read this search at `=` (character 1): the name of a field should stand there."),
        ("(a = 1", "I can't read this search at its end: AND, OR or `)` should stand there."),
        ("a = 1)", "I can't read this search at `)` (character 6): AND, OR, ORDER BY or the end should stand there."),
        (
            "a = 1) OR (b = 2",
            "I can't read this search at `)` (character 6): AND, OR, ORDER BY or the end should stand there.",
        ),
        ("a in x", "I can't read this search at `x` (character 6): a list in brackets should stand there."),
        ("a in ()", "I can't read this search at `)` (character 7): a value should stand there."),
        ("a is x", "I can't read this search at `x` (character 6): EMPTY should stand there."),
        ("a = \"open", "I can't read this search at `\"open` (character 5): a quoted value should stand there."),
        ("a = x@y", "I can't read this search at `@y` (character 6): a quoted value should stand there."),
        ("a = \"\\q\"", "I can't read this search at `\"\\q\"` (character 5): a quoted value should stand there."),
        ("a = 1 order rank", "I can't read this search at `rank` (character 13): BY should stand there."),
        ("a = 1 order by", "I can't read this search at its end: the name of a field should stand there."),
        ("a = 1 and", "I can't read this search at its end: the name of a field should stand there."),
        ("é = 1 ; drop", "I can't read this search at `; drop` (character 7): a quoted value should stand there."),
        (
            "ab[x] = 1",
            "I can't read this search at `x` (character 4): a field whose name is in quotes should stand there.",
        ),
    ] {
        assert_eq!(Jql::parse(typed).unwrap_err().to_string(), wanted, "{typed}");
    }
    let deep = format!("{}a = 1{}", "(".repeat(60), ")".repeat(60));
    assert_eq!(Jql::parse(&deep).unwrap_err().wanted, "a search with fewer brackets");
    assert_eq!(Jql::parse(&"not ".repeat(2000)).unwrap_err().wanted, "a search with fewer brackets");
    assert_eq!(
        Jql::parse(&format!("a = {}1{}", "f(".repeat(90), ")".repeat(90))).unwrap_err().wanted,
        "a search with fewer brackets"
    );
    assert!(Jql::parse(&"a".repeat(10_001)).is_err());
}

#[test]
fn a_search_is_bracketed_and_held_to_its_projects() {
    assert_eq!(held(""), r#"project in ("WEB")"#);
    assert_eq!(
        held("project = HR or assignee = x order by rank"),
        r#"project in ("WEB") AND (project = "HR" OR assignee = "x") ORDER BY rank"#
    );
    assert_eq!(held("not project = WEB"), r#"project in ("WEB") AND NOT (project = "WEB")"#);
    assert_eq!(
        held(r#"summary ~ "x\") or project = HR or (\"""#),
        r#"project in ("WEB") AND summary ~ "x\") or project = HR or (\"""#
    );

    let except = ProjectScope { only: None, except: keys(&["HR", "IN"]).into_iter().collect() };
    let jql = Jql::parse("a = 1").unwrap();
    assert_eq!(jql.clone().restrict(&except).unwrap().to_string(), r#"project not in ("HR", "IN") AND "a" = 1"#);
    let both = ProjectScope { only: Some(keys(&["HR", "WEB"]).into_iter().collect()), ..except };
    assert_eq!(jql.clone().restrict(&both).unwrap().to_string(), r#"project in ("WEB") AND "a" = 1"#);
    assert_eq!(jql.clone().restrict(&ProjectScope::only([])), None);
    assert_eq!(jql.clone().restrict(&ProjectScope::all()), Some(jql));
}

#[test]
fn words_to_search_for_lose_their_signs() {
    for (words, wanted) in [
        ("safari login", r#"text ~ "safari login""#),
        ("a\" OR project = HR", r#"text ~ "a or project HR""#),
        (
            "+must -not (a AND b) \"exact\" wild* fuzzy~ [x TO y]",
            r#"text ~ "must not a and b exact wild fuzzy x TO y""#,
        ),
        ("\\", ""),
        ("Größe 東京", r#"text ~ "Größe 東京""#),
    ] {
        assert_eq!(Jql::text_search(words).to_string(), wanted, "{words}");
    }
}

#[test]
fn a_search_is_built_from_parts() {
    let jql = Jql::new(Clause::among("status", ["To Do", "Do\"ne"]).or(Clause::empty("assignee")))
        .and(Clause::call("reporter", "currentUser"))
        .order_by("created", Direction::Descending);
    assert_eq!(
        jql.to_string(),
        r#"(status in ("To Do", "Do\"ne") OR assignee is EMPTY) AND reporter = currentUser() ORDER BY created DESC"#
    );
    assert_eq!(Jql::parse(&jql.to_string()).unwrap(), jql);
}

/// An issue of a small world: its project, and what decides the truth of every other comparison.
struct World {
    project: &'static str,
    seed: u64,
}

impl World {
    fn holds(&self, clause: &Clause) -> bool {
        match clause {
            Clause::And(parts) => parts.iter().all(|part| self.holds(part)),
            Clause::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Clause::Not(part) => !self.holds(part),
            Clause::Is { field: Field::Named(name), operator: Operator::In, operand: Operand::List(items), .. }
                if name == "project" =>
            {
                items.contains(&Operand::Text(self.project.into()))
            }
            Clause::Is {
                field: Field::Named(name), operator: Operator::NotIn, operand: Operand::List(items), ..
            } if name == "project" => !items.contains(&Operand::Text(self.project.into())),
            other => {
                use std::hash::{DefaultHasher, Hash, Hasher};
                let mut hasher = DefaultHasher::new();
                (self.seed, self.project, other.to_string()).hash(&mut hasher);
                hasher.finish() & 1 == 0
            }
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z]{1,6}", "[ -~]{0,8}", "\\PC{0,6}", any::<String>().prop_map(|s| s.chars().take(8).collect())]
}

fn operand() -> impl Strategy<Value = Operand> {
    let single = prop_oneof![
        text().prop_map(Operand::Text),
        "-?[0-9]{1,18}".prop_map(Operand::Number),
        Just(Operand::Empty),
        ("[a-z][a-zA-Z0-9_]{0,6}", prop::collection::vec(text().prop_map(Operand::Text), 0..3))
            .prop_filter("no keyword", |(name, _)| {
                !["and", "or", "not", "empty", "null"].contains(&name.to_lowercase().as_str())
            })
            .prop_map(|(name, arguments)| Operand::Call(name, arguments)),
    ];
    single.boxed()
}

fn clause() -> impl Strategy<Value = Clause> {
    let field = prop_oneof![
        text().prop_map(Field::Named),
        Just(Field::Named("project".into())),
        any::<u64>().prop_map(Field::Custom),
        (text(), "(\\.[a-z]{1,4}){0,2}").prop_map(|(key, path)| Field::Property {
            entity: "issue.property".into(),
            key,
            path
        }),
    ];
    let operator = prop::sample::select(vec![
        Operator::Equals,
        Operator::NotEquals,
        Operator::Like,
        Operator::NotLike,
        Operator::Less,
        Operator::AtMost,
        Operator::More,
        Operator::AtLeast,
    ]);
    let leaf = prop_oneof![
        (field.clone(), operator, operand()).prop_map(|(field, operator, operand)| Clause::Is {
            field,
            operator,
            operand,
            when: Vec::new()
        }),
        (prop::collection::vec(operand(), 1..3), any::<bool>()).prop_map(|(items, not)| Clause::compare(
            "project",
            if not { Operator::NotIn } else { Operator::In },
            Operand::List(items)
        )),
        (field, operand()).prop_map(|(field, by)| Clause::Changed { field, when: vec![(Predicate::By, by)] }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Clause::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Clause::Or),
            inner.prop_map(|clause| Clause::Not(Box::new(clause))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_as_the_same_tree(clause in clause()) {
        let jql = Jql::new(clause).order_by("x y", Direction::Ascending);
        prop_assert_eq!(Jql::parse(&jql.to_string()), Ok(jql));
    }

    #[test]
    fn printing_is_stable_and_nothing_panics(typed in "(\\PC{0,30}|[a-c=!~<>()\"'\\\\,& |\\[\\]]{0,30}|(a|=|in|not|is|was|empty|\\(|\\)|\"x\"|and|or|order|by|,| ){0,20})") {
        if let Ok(jql) = Jql::parse(&typed) {
            let once = jql.to_string();
            prop_assert_eq!(Jql::parse(&once).map(|again| again.to_string()), Ok(once));
        }
    }

    #[test]
    fn a_held_search_never_reaches_another_project(clause in clause(), seed: u64, exclude: bool) {
        let scope = if exclude {
            ProjectScope { only: None, except: keys(&["HR", "OPS"]).into_iter().collect() }
        } else {
            ProjectScope::only(keys(&["WEB"]))
        };
        // What counts is what Jira reads, so it is the printed text that is judged.
        let text = Jql::new(clause.clone()).restrict(&scope).unwrap().to_string();
        let read = Jql::parse(&text).unwrap();
        for project in ["WEB", "HR", "OPS"] {
            let world = World { project, seed };
            let found = world.holds(read.clause().unwrap());
            prop_assert!(!found || scope.allows(&project.parse().unwrap()));
            prop_assert_eq!(found, scope.allows(&project.parse().unwrap()) && world.holds(&clause));
        }
    }
}
