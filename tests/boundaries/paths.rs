//! Every path that a source file names, made absolute: `super::x`, nested `use` trees, types, expressions, attributes
//! and what stands inside macro calls.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Attribute, Item, ItemExternCrate, ItemMod, ItemUse, Macro, Meta, UseTree, VisRestricted,
    visit::{self, Visit},
};

/// A path as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its segments from the crate on: `["usher", "store", "Store"]`. A glob ends in `*`.
    pub path: Vec<String>,
    /// The line in the file.
    pub line: usize,
    /// It stands in code that only tests build.
    pub test: bool,
}

/// Where a file stands: the crate it belongs to and its module there.
#[derive(Debug, Clone)]
pub struct Home {
    /// The crate's name, which `crate` stands for.
    pub crate_name: String,
    /// The module below it.
    pub module: Vec<String>,
}

/// All paths of a source text, in order of lines.
pub fn named(source: &str, home: &Home) -> syn::Result<Vec<Named>> {
    let file = syn::parse_file(source)?;
    let mut reader = Reader { home, inside: Vec::new(), test: false, found: Vec::new() };
    reader.visit_file(&file);
    reader.found.sort_by_key(|named| named.line);
    Ok(reader.found)
}

struct Reader<'a> {
    home: &'a Home,
    /// Modules written out in the file, around the place where the reader is.
    inside: Vec<String>,
    test: bool,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn note(&mut self, segments: Vec<String>, span: Span) {
        if let Some(path) = self.absolute(segments) {
            self.found.push(Named { path, line: span.start().line, test: self.test });
        }
    }

    /// `None` where the path begins with something local: whatever that is was named before.
    fn absolute(&self, segments: Vec<String>) -> Option<Vec<String>> {
        let mut here: Vec<String> = [self.home.crate_name.clone()].into();
        let mut rest = segments.as_slice();
        match rest.first()?.as_str() {
            "crate" => rest = &rest[1..],
            "self" | "super" => {
                here.extend(self.home.module.iter().chain(&self.inside).cloned());
                while let Some(step @ ("self" | "super")) = rest.first().map(String::as_str) {
                    if step == "super" && here.len() > 1 {
                        here.pop();
                    }
                    rest = &rest[1..];
                }
            }
            _ => return Some(segments),
        }
        here.extend_from_slice(rest);
        Some(here)
    }

    fn tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
            UseTree::Glob(glob) => self.note(with("*".to_owned()), glob.star_token.span),
            UseTree::Name(name) if name.ident == "self" && !before.is_empty() => {
                self.note(before.to_vec(), name.ident.span());
            }
            UseTree::Name(name) => self.note(with(name.ident.to_string()), name.ident.span()),
            UseTree::Rename(rename) if rename.ident == "self" && !before.is_empty() => {
                self.note(before.to_vec(), rename.ident.span());
            }
            UseTree::Rename(rename) => self.note(with(rename.ident.to_string()), rename.ident.span()),
        }
    }

    /// Paths among tokens that nobody has parsed: `a::b`, and `a::{b, c::d}` as in a `use`.
    fn tokens(&mut self, before: &[String], tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut path: Vec<String> = before.to_vec();
        let mut joined = !before.is_empty();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(ident) => {
                    if !joined {
                        path = before.to_vec();
                    }
                    path.push(ident.to_string());
                    joined = two_colons(&mut tokens);
                    if !joined {
                        self.note(std::mem::take(&mut path), ident.span());
                        joined = !before.is_empty();
                        path = before.to_vec();
                    }
                }
                TokenTree::Group(group) => {
                    let inner = if joined { path.clone() } else { Vec::new() };
                    let brace = group.delimiter() == proc_macro2::Delimiter::Brace;
                    self.tokens(if brace { &inner } else { &[] }, group.stream());
                    (path, joined) = (before.to_vec(), !before.is_empty());
                }
                TokenTree::Punct(punct) if joined && punct.as_char() == '*' && path.len() > before.len() => {
                    path.push("*".to_owned());
                    self.note(std::mem::take(&mut path), punct.span());
                    (path, joined) = (before.to_vec(), !before.is_empty());
                }
                TokenTree::Punct(_) => {
                    // `::a` and `<T>::a` begin anew.
                    two_colons(&mut tokens);
                    (path, joined) = (before.to_vec(), !before.is_empty());
                }
                TokenTree::Literal(literal) => self.literal(&literal.to_string(), literal.span()),
            }
        }
    }

    /// `#[serde(with = "crate::store")]` names a path in a string.
    fn literal(&mut self, text: &str, span: Span) {
        let Some(text) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return };
        if text.contains("::")
            && let Ok(path) = syn::parse_str::<syn::Path>(text)
        {
            self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect(), span);
        }
    }
}

fn two_colons(tokens: &mut std::iter::Peekable<impl Iterator<Item = TokenTree> + Clone>) -> bool {
    let mut ahead = tokens.clone();
    let colon = |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let both = colon(ahead.next()) && colon(ahead.next());
    if both {
        *tokens = ahead;
    }
    both
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (test, attributes) = (self.test, attributes(item));
        self.test |= attributes.iter().any(only_for_tests);
        visit::visit_item(self, item);
        self.test = test;
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.inside.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&[], &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        self.note(vec![item.ident.to_string()], item.ident.span());
    }

    /// `pub(in crate::x)` says who may look in, not where the file looks.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first() {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.note(segments, first.ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.tokens(&[], call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => {}
            // A module read from elsewhere would not stand where this reader believes it to.
            Meta::NameValue(pair) if pair.path.is_ident("path") => {
                self.note(["#[path]".to_owned()].into(), attribute.pound_token.span);
            }
            Meta::List(list) => {
                self.visit_path(&list.path);
                self.tokens(&[], list.tokens.clone());
            }
            _ => visit::visit_attribute(self, attribute),
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

fn only_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}
