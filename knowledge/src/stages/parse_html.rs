//! HTML, read as a stream of tags.
//!
//! No tree is built: pages with a hundred thousand nested tags, which abort readers that walk a tree, cost one pass and
//! no stack here. What a person does not see (scripts, hidden elements) and what every page repeats (navigation, the
//! page's own header and footer) is left out.

use crate::document::{Document, DocumentKey, link};
use crate::stages::parse::{Meta, document};
use crate::stages::sections::{SectionBuilder, link_suffix, row_sentence, squeeze, title_of_key};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;
use triage::language::Language;

/// Elements that are left out with all that they hold.
const DROPPED: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "nav", "iframe", "object", "select", "button", "textarea", "audio", "video",
    "canvas",
];
/// Left out unless they belong to the `main` part or an `article`.
const DROPPED_OUTSIDE_CONTENT: &[&str] = &["header", "footer"];
/// Elements that never hold anything.
const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements inside a line: they end no block.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// Reads HTML. The title is that of the page, else its first heading; the language is that of the `html` tag; the link is the page's
/// own (`<link rel="canonical">`).
pub fn parse(key: &DocumentKey, text: &str) -> Result<Document, String> {
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Reader::default())), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let mut reader = tokenizer.sink.0.into_inner();
    while !reader.tables.is_empty() {
        reader.close("table");
    }
    reader.break_block();
    let title = Some(squeeze(&reader.title)).filter(|title| !title.is_empty());
    let title = title.or_else(|| reader.builder.first_heading().map(str::to_owned));
    let meta = Meta { title, language: reader.language, valid_from: None, link: reader.link };
    Ok(document(key, meta, &title_of_key(&key.0), reader.builder.finish()))
}

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                reader.open(&tag);
                return raw_text(&tag.name);
            }
            Token::TagToken(tag) => reader.close(&tag.name),
            Token::CharacterTokens(text) => reader.words(&text),
            Token::DoctypeToken(_) | Token::CommentToken(_) | Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// Which elements hold text and no tags.
fn raw_text(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "iframe" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

/// A table that is being read.
#[derive(Default)]
struct Table {
    header: Vec<String>,
    cells: Vec<String>,
    all_header: bool,
    first_header: bool,
    is_in_cell: bool,
}

#[derive(Default)]
struct Reader {
    builder: SectionBuilder,
    title: String,
    language: Option<Language>,
    link: Option<String>,
    text: String,
    tables: Vec<Table>,
    links: Vec<(String, usize)>,
    /// The element that is being left out, and how many of its name are open.
    dropped: Option<(String, usize)>,
    /// How many `main` and `article` elements are open.
    content: usize,
    is_title: bool,
    is_pre: bool,
}

impl Reader {
    fn words(&mut self, text: &str) {
        match (self.dropped.is_some(), self.is_title) {
            (true, _) => {}
            (false, true) => self.title.push_str(text),
            (false, false) => self.text.push_str(text),
        }
    }

    fn open(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        if let Some((dropped, open)) = &mut self.dropped {
            *open += usize::from(dropped == name);
            return;
        }
        let is_void = VOID.contains(&name);
        if !is_void && (DROPPED.contains(&name) || (self.content == 0 && DROPPED_OUTSIDE_CONTENT.contains(&name)) || is_hidden(tag)) {
            self.dropped = Some((name.to_owned(), 1));
            return;
        }
        match name {
            "html" => self.language = attribute(tag, "lang").and_then(|lang| Language::parse(lang).ok()),
            "title" => self.is_title = self.title.is_empty(),
            "link" if attribute(tag, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.link = attribute(tag, "href").and_then(link);
            }
            "main" | "article" => self.content += 1,
            // A link in a link ends the outer one.
            "a" => self.links = vec![(attribute(tag, "href").unwrap_or_default().to_owned(), self.text.len())],
            "br" => self.text.push(if self.is_pre { '\n' } else { ' ' }),
            "table" => {
                self.leave_cell();
                self.tables.push(Table::default());
            }
            "tr" => self.end_row(),
            "td" | "th" => self.open_cell(name == "th"),
            _ => {}
        }
        if heading_level(name).is_some() {
            self.leave_cell();
        }
        if !INLINE.contains(&name) && !matches!(name, "br" | "title") {
            self.break_block();
        }
        self.is_pre |= name == "pre";
    }

    fn close(&mut self, name: &str) {
        if let Some((dropped, open)) = &mut self.dropped {
            *open -= usize::from(dropped == name);
            if *open == 0 {
                self.dropped = None;
            }
            return;
        }
        match name {
            "title" => self.is_title = false,
            "main" | "article" => self.content = self.content.saturating_sub(1),
            "a" => self.close_link(),
            "pre" if self.is_pre => {
                self.is_pre = false;
                self.builder.verbatim(&std::mem::take(&mut self.text));
            }
            "td" | "th" => self.close_cell(),
            "tr" => self.end_row(),
            "table" => {
                self.end_row();
                self.tables.pop();
            }
            _ => {}
        }
        match heading_level(name) {
            Some(level) => self.builder.heading(level, &std::mem::take(&mut self.text)),
            None if INLINE.contains(&name) || name == "title" => {}
            None => self.break_block(),
        }
    }

    /// What was read since the last border is a block; inside a cell it is only a space.
    fn break_block(&mut self) {
        if self.is_pre {
            return;
        }
        if self.tables.last().is_some_and(|table| table.is_in_cell) {
            self.text.push(' ');
        } else {
            self.builder.block(&std::mem::take(&mut self.text));
            self.links.clear();
        }
    }

    fn close_link(&mut self) {
        if let Some((address, start)) = self.links.pop()
            && let Some(suffix) = link_suffix(&squeeze(self.text.get(start..).unwrap_or_default()), &address)
        {
            self.text.truncate(self.text.trim_end().len());
            self.text.push_str(&suffix);
        }
    }

    fn open_cell(&mut self, is_header: bool) {
        self.close_cell();
        self.builder.block(&std::mem::take(&mut self.text));
        if let Some(table) = self.tables.last_mut() {
            table.is_in_cell = true;
            if table.cells.is_empty() {
                (table.all_header, table.first_header) = (true, is_header);
            }
            table.all_header &= is_header;
        }
    }

    fn close_cell(&mut self) {
        if let Some(table) = self.tables.last_mut()
            && table.is_in_cell
        {
            table.cells.push(squeeze(&std::mem::take(&mut self.text)));
            table.is_in_cell = false;
        }
    }

    /// The cell holds a page, not a value: a table that is there for the layout. Its text stands alone.
    fn leave_cell(&mut self) {
        if let Some(table) = self.tables.last_mut()
            && table.is_in_cell
        {
            table.is_in_cell = false;
            self.break_block();
        }
    }

    fn end_row(&mut self) {
        self.close_cell();
        let Some(table) = self.tables.last_mut() else { return };
        let cells = std::mem::take(&mut table.cells);
        match cells.split_first() {
            None => {}
            Some(_) if table.all_header && table.header.is_empty() => table.header = cells,
            Some((name, values)) if table.first_header && table.header.is_empty() => {
                self.builder.block(&row_sentence(std::slice::from_ref(name), &[values.join(", ")]));
            }
            Some(_) => self.builder.block(&row_sentence(&table.header, &cells)),
        }
    }
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

fn is_hidden(tag: &Tag) -> bool {
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    attribute(tag, "hidden").is_some()
        || attribute(tag, "aria-hidden") == Some("true")
        || style.contains("display:none")
        || style.contains("visibility:hidden")
}
