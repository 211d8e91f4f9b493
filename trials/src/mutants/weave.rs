//! All changes at once in one source text, each asleep until the environment names its number: so one build does for all.
//!
//! Nothing is added but on the lines that are there, so that a line is still the same line.

use std::ops::Range;

use proc_macro2::{LineColumn, Span};
use syn::{
    Arm, BinOp, Expr, ExprBinary, ExprStruct, ExprUnary, Member,
    spanned::Spanned,
    visit::{self, Visit},
};

use super::list::{Genre, Mutant};

/// The source with these changes in it. The second list has the numbers of those that found no place, or stand in what is
/// not compiled on this system.
pub fn weave(source: &str, mutants: &[&Mutant]) -> (String, Vec<u32>) {
    let all: Vec<u32> = mutants.iter().map(|mutant| mutant.number).collect();
    let Ok(file) = syn::parse_file(source) else {
        return (source.to_owned(), all);
    };
    let lines: Vec<&str> = source.lines().collect();
    let compiled = |mutant: &Mutant| {
        let attribute = lines.get(mutant.function.start() - 1).copied().unwrap_or_default();
        !attribute.contains("cfg(not(unix))")
    };
    let mutants: &[&Mutant] = &mutants.iter().copied().filter(|mutant| compiled(mutant)).collect::<Vec<_>>();
    let mut weaver = Weaver { source, lines: line_starts(source), mutants, edits: Vec::new(), done: Vec::new() };
    for mutant in mutants.iter().filter(|mutant| mutant.genre == Genre::FnValue) {
        let at = weaver.offset(mutant.from());
        weaver.put(at, 0, format!("if {} {{ return {}; }} ", asked(mutant.number), mutant.replacement));
        weaver.done.push(mutant.number);
    }
    weaver.visit_file(&file);
    let left = all.into_iter().filter(|number| !weaver.done.contains(number)).collect();
    (woven(source, weaver.edits), left)
}

/// The question whether a change is awake.
pub fn asked(number: u32) -> String {
    format!("crate::mutant({number})")
}

struct Edit {
    at: usize,
    /// Of those at one place: what closes comes before what opens, what closes inside before outside, what opens outside
    /// before inside.
    order: isize,
    text: String,
}

struct Weaver<'a> {
    source: &'a str,
    lines: Vec<usize>,
    mutants: &'a [&'a Mutant],
    edits: Vec<Edit>,
    done: Vec<u32>,
}

impl Weaver<'_> {
    fn offset(&self, place: LineColumn) -> usize {
        let start = self.lines.get(place.line - 1).copied().unwrap_or(self.source.len());
        let line = &self.source[start..];
        start + line.char_indices().nth(place.column).map_or(line.len(), |(at, _)| at)
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.offset(span.start())..self.offset(span.end())
    }

    fn raw(&self, range: Range<usize>) -> String {
        // One line, and no comment that would eat the rest of it.
        let text = &self.source[range];
        let lines = text.lines().map(|line| line.split(" // ").next().unwrap_or(line).trim());
        lines.filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join(" ")
    }

    fn put(&mut self, at: usize, order: isize, text: String) {
        self.edits.push(Edit { at, order, text });
    }

    /// Puts a choice around an expression: what each change makes of it, and else the expression itself.
    fn choose(&mut self, range: Range<usize>, ways: &[(u32, String)]) {
        if ways.is_empty() {
            return;
        }
        let width = isize::try_from(range.len()).unwrap_or(isize::MAX / 2);
        let begun: String =
            ways.iter().map(|(number, text)| format!("if {} {{ {text} }} else ", asked(*number))).collect();
        self.put(range.start, isize::MAX / 2 - width, format!("({begun}{{ "));
        self.put(range.end, width - isize::MAX / 2, " })".to_owned());
        self.done.extend(ways.iter().map(|(number, _)| *number));
    }

    fn of(&self, genre: Genre, at: LineColumn) -> Vec<&Mutant> {
        self.mutants.iter().copied().filter(|mutant| mutant.genre == genre && mutant.from() == at).collect()
    }
}

impl<'ast> Visit<'ast> for Weaver<'_> {
    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        let chain = matches!(node.op, BinOp::And(_)) && (has_let(&node.left) || has_let(&node.right));
        if !chain {
            let (left, right) = (self.range(node.left.span()), self.range(node.right.span()));
            let ways: Vec<(u32, String)> = self
                .of(Genre::BinaryOperator, node.op.span().start())
                .iter()
                .map(|mutant| {
                    let text = format!("{} {} {}", self.raw(left.clone()), mutant.replacement, self.raw(right.clone()));
                    (mutant.number, text)
                })
                .collect();
            self.choose(left.start..right.end, &ways);
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast ExprUnary) {
        let inner = self.range(node.expr.span());
        let ways: Vec<(u32, String)> = self
            .of(Genre::UnaryOperator, node.op.span().start())
            .iter()
            .map(|mutant| (mutant.number, self.raw(inner.clone())))
            .collect();
        self.choose(self.range(node.span()), &ways);
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast Arm) {
        let gone: Vec<u32> = self.of(Genre::MatchArm, node.span().start()).iter().map(|mutant| mutant.number).collect();
        for number in gone {
            match &node.guard {
                Some((_, guard)) => {
                    let range = self.range(guard.span());
                    self.put(range.start, -1, format!("!{} && (", asked(number)));
                    self.put(range.end, isize::MAX, ")".to_owned());
                }
                None => {
                    let end = self.range(node.pat.span()).end;
                    self.put(end, 0, format!(" if !{}", asked(number)));
                }
            }
            self.done.push(number);
        }
        if let Some((_, guard)) = &node.guard {
            let ways: Vec<(u32, String)> = self
                .of(Genre::MatchArmGuard, guard.span().start())
                .iter()
                .map(|mutant| (mutant.number, mutant.replacement.clone()))
                .collect();
            self.choose(self.range(guard.span()), &ways);
        }
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast ExprStruct) {
        for field in &node.fields {
            let (Some(rest), Member::Named(name)) = (&node.rest, &field.member) else { continue };
            let base = self.raw(self.range(rest.span()));
            let ways: Vec<(u32, String)> = self
                .of(Genre::StructField, field.span().start())
                .iter()
                .map(|mutant| (mutant.number, format!("({base}).{name}")))
                .collect();
            if field.colon_token.is_none() && !ways.is_empty() {
                let at = self.range(field.span()).end;
                let text: String =
                    ways.iter().map(|(number, text)| format!("if {} {{ {text} }} else ", asked(*number))).collect();
                self.put(at, 0, format!(": {text}{{ {name} }}"));
                self.done.extend(ways.iter().map(|(number, _)| *number));
            } else {
                self.choose(self.range(field.expr.span()), &ways);
            }
        }
        visit::visit_expr_struct(self, node);
    }
}

fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn line_starts(source: &str) -> Vec<usize> {
    std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn woven(source: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.at, edit.order));
    let (mut text, mut from) = (String::with_capacity(source.len() * 2), 0);
    for edit in edits {
        text.push_str(&source[from..edit.at]);
        text.push_str(&edit.text);
        from = edit.at;
    }
    text.push_str(&source[from..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(number: u32, genre: Genre, line: usize, column: usize, replacement: &str) -> Mutant {
        Mutant {
            number,
            genre,
            line,
            column,
            replacement: replacement.to_owned(),
            file: String::new(),
            name: String::new(),
            function: 1..=1,
        }
    }

    #[test]
    fn changes_are_asleep_in_their_places() {
        let source = "fn f(a: u8, b: u8) -> bool {\n    a < b && !g(a)\n}\n";
        let mutants = [
            mutant(1, Genre::FnValue, 2, 5, "true"),
            mutant(2, Genre::BinaryOperator, 2, 7, ">"),
            mutant(3, Genre::BinaryOperator, 2, 11, "||"),
            mutant(4, Genre::UnaryOperator, 2, 14, ""),
            mutant(5, Genre::BinaryOperator, 9, 1, "-"),
        ];
        let (text, left) = weave(source, &mutants.iter().collect::<Vec<_>>());
        assert_eq!(left, [5]);
        assert!(syn::parse_file(&text).is_ok(), "{text}");
        assert_eq!(text.lines().count(), source.lines().count());
        insta::assert_snapshot!(text, @r"
        fn f(a: u8, b: u8) -> bool {
            if crate::mutant(1) { return true; } (if crate::mutant(3) { a < b || !g(a) } else { (if crate::mutant(2) { a > b } else { a < b }) && (if crate::mutant(4) { g(a) } else { !g(a) }) })
        }
        ");
    }

    #[test]
    fn arms_guards_and_fields_have_theirs() {
        let source = "fn f(a: A) -> A {\n    match a.n {\n        1 if a.b() => A { n: 2, m, ..a },\n        2 => a,\n        _ => a,\n    }\n}\n";
        let mutants = [
            mutant(1, Genre::MatchArm, 3, 9, ""),
            mutant(2, Genre::MatchArmGuard, 3, 14, "true"),
            mutant(3, Genre::StructField, 3, 27, ""),
            mutant(4, Genre::StructField, 3, 33, ""),
            mutant(5, Genre::MatchArm, 4, 9, ""),
        ];
        let (text, left) = weave(source, &mutants.iter().collect::<Vec<_>>());
        assert!(left.is_empty(), "{left:?}");
        assert!(syn::parse_file(&text).is_ok(), "{text}");
        insta::assert_snapshot!(text, @r"
        fn f(a: A) -> A {
            match a.n {
                1 if !crate::mutant(1) && ((if crate::mutant(2) { true } else { a.b() })) => A { n: (if crate::mutant(3) { (a).n } else { 2 }), m: if crate::mutant(4) { (a).m } else { m }, ..a },
                2 if !crate::mutant(5) => a,
                _ => a,
            }
        }
        ");
    }

    #[test]
    fn a_chain_with_let_is_left_alone() {
        let source = "fn f(a: Option<u8>) {\n    if let Some(b) = a && b > 1 {}\n}\n";
        let mutants = [mutant(1, Genre::BinaryOperator, 2, 24, "||")];
        assert_eq!(weave(source, &[&mutants[0]]), (source.to_owned(), vec![1]));
    }
}
