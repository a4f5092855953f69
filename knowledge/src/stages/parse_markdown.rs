//! CommonMark, with tables and a front matter.

use crate::document::{Document, DocumentKey, link};
use crate::stages::parse::{Meta, document};
use crate::stages::sections::{SectionBuilder, link_suffix, row_sentence, squeeze, title_of_key};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};
use triage::language::Language;

/// Reads CommonMark. The front matter may name `title`, `language`, `link` and `valid_from`; a draft is refused; raw HTML is dropped.
pub fn parse(key: &DocumentKey, text: &str) -> Result<Document, String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, options) {
        reader.read(event);
    }
    reader.flush();
    let mut meta = front_matter(&reader.front_matter)?;
    let heading = reader.title.take().or_else(|| reader.builder.first_heading().map(str::to_owned));
    meta.title = meta.title.or(heading);
    Ok(document(key, meta, &title_of_key(&key.0), reader.builder.finish()))
}

#[derive(Default)]
struct Reader {
    builder: SectionBuilder,
    title: Option<String>,
    front_matter: String,
    text: String,
    header: Vec<String>,
    cells: Vec<String>,
    links: Vec<(String, usize)>,
    is_code: bool,
    is_front_matter: bool,
    images: usize,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.words(&text),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            Event::InlineHtml(html) if is_break(&html) => self.text.push(' '),
            Event::Rule => self.flush(),
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn words(&mut self, text: &str) {
        match (self.is_front_matter, self.images) {
            (true, _) => self.front_matter.push_str(text),
            (false, 0) => self.text.push_str(text),
            (false, _) => {} // the words of a picture describe what a text message cannot show
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Item | Tag::Heading { .. } | Tag::List(_) | Tag::BlockQuote(_) => self.flush(),
            Tag::CodeBlock(_) => {
                self.flush();
                self.is_code = true;
            }
            Tag::MetadataBlock(_) => self.is_front_matter = true,
            Tag::Table(_) => {
                self.flush();
                self.header.clear();
            }
            Tag::Link { dest_url, .. } => self.links.push((dest_url.into_string(), self.text.len())),
            Tag::Image { .. } => self.images += 1,
            Tag::TableHead | Tag::TableRow | Tag::TableCell | Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {}
            Tag::HtmlBlock | Tag::FootnoteDefinition(_) | Tag::Superscript | Tag::Subscript => {}
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text);
                if level == pulldown_cmark::HeadingLevel::H1 && self.title.is_none() {
                    self.title = Some(squeeze(&text));
                }
                self.builder.heading(level as u8, &text);
            }
            TagEnd::CodeBlock => {
                self.builder.verbatim(&std::mem::take(&mut self.text));
                self.is_code = false;
            }
            TagEnd::MetadataBlock(_) => self.is_front_matter = false,
            TagEnd::TableCell => self.cells.push(std::mem::take(&mut self.text)),
            TagEnd::TableHead => self.header = std::mem::take(&mut self.cells),
            TagEnd::TableRow => self.builder.block(&row_sentence(&self.header, &std::mem::take(&mut self.cells))),
            TagEnd::Link => self.end_link(),
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Table | TagEnd::HtmlBlock | TagEnd::FootnoteDefinition => self.flush(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::DefinitionList | TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition => self.flush(),
        }
    }

    fn end_link(&mut self) {
        if let Some((address, start)) = self.links.pop()
            && let Some(suffix) = link_suffix(self.text.get(start..).unwrap_or_default(), &address)
        {
            self.text.push_str(&suffix);
        }
    }

    fn flush(&mut self) {
        if !self.is_code {
            self.builder.block(&std::mem::take(&mut self.text));
        }
    }
}

fn is_break(html: &CowStr<'_>) -> bool {
    html.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br"))
}

/// Reads the lines `key: value` that we know; other keys belong to other tools.
fn front_matter(text: &str) -> Result<Meta, String> {
    let mut meta = Meta::default();
    for (key, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim().trim_matches(['"', '\'']).trim();
        match key.trim() {
            _ if value.is_empty() => {}
            "title" => meta.title = Some(squeeze(value)),
            "language" | "lang" => meta.language = Some(Language::parse(value).map_err(|error| format!("front matter: {error}"))?),
            "draft" if value == "true" => return Err("it is a draft: review it, then take the line `draft: true` out".to_owned()),
            "link" | "url" => meta.link = link(value),
            "valid_from" => meta.valid_from = Some(moment(value)?),
            _ => {}
        }
    }
    Ok(meta)
}

fn moment(value: &str) -> Result<Timestamp, String> {
    let at_midnight = |date: Date| date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    let read = value.parse::<Timestamp>().or_else(|_| value.parse::<Date>().and_then(at_midnight));
    read.map_err(|_| "front matter: `valid_from` is no date: write 2024-05-01 or 2024-05-01T08:00:00Z".to_owned())
}
