//! Headings and blocks, as a reader meets them, become sections.

use crate::document::Section;

/// Titles and headings are cut after so many characters.
pub const TITLE_CHARS_MAX: usize = 200;

/// Collects headings and blocks in reading order.
#[derive(Default)]
pub struct SectionBuilder {
    path: Vec<(u8, String)>,
    blocks: Vec<String>,
    place: Option<String>,
    sections: Vec<Section>,
}

impl SectionBuilder {
    /// A heading of a level (1 is the outermost): what stood before it is a section of its own. A heading without words
    /// only closes.
    pub fn heading(&mut self, level: u8, text: &str) {
        self.close();
        let text = shortened(&squeeze(text));
        self.path.retain(|(above, _)| *above < level);
        if !text.is_empty() {
            self.path.push((level, text));
        }
    }

    /// Where what follows stands, such as `p. 3`: it becomes the last heading of its sections.
    pub fn place(&mut self, place: Option<String>) {
        if place != self.place {
            self.close();
            self.place = place;
        }
    }

    /// A paragraph, list item or table row. White space is squeezed; a block without words is left out.
    pub fn block(&mut self, text: &str) {
        let text = squeeze(text);
        if !text.is_empty() {
            self.blocks.push(text);
        }
    }

    /// A block whose line breaks matter, such as code.
    pub fn verbatim(&mut self, text: &str) {
        let text = text.trim_end().trim_start_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            self.blocks.push(text.to_owned());
        }
    }

    /// The first outermost heading so far.
    pub fn first_heading(&self) -> Option<&str> {
        let closed = self.sections.first().and_then(|section| section.headings.first()).map(String::as_str);
        closed.or_else(|| self.path.first().map(|(_, text)| text.as_str()))
    }

    /// The sections that hold at least one block.
    pub fn finish(mut self) -> Vec<Section> {
        self.close();
        self.sections
    }

    fn close(&mut self) {
        if self.blocks.is_empty() {
            return;
        }
        let mut headings: Vec<String> = self.path.iter().map(|(_, text)| text.clone()).collect();
        let question = headings.last().filter(|heading| is_question(heading)).cloned();
        headings.extend(self.place.clone());
        self.sections.push(Section { headings, question, intent: None, blocks: std::mem::take(&mut self.blocks) });
    }
}

/// A heading that asks: FAQ pages are written so.
fn is_question(heading: &str) -> bool {
    heading.trim_end_matches(['"', '”', '»', ' ', '\u{a0}']).ends_with(['?', '？', '؟'])
}

/// A title or heading of at most [`TITLE_CHARS_MAX`] characters: every passage below carries it.
pub fn shortened(title: &str) -> String {
    match title.char_indices().nth(TITLE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default()),
        None => title.to_owned(),
    }
}

/// Runs of white space become one space.
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A table row as a sentence: `Header: value; Header: value`. Empty cells are left out.
pub fn row_sentence(header: &[String], cells: &[String]) -> String {
    let parts = cells.iter().enumerate().filter_map(|(column, cell)| {
        let cell = squeeze(cell);
        let name = header.get(column).map(|name| squeeze(name)).unwrap_or_default();
        match (cell.is_empty(), name.is_empty()) {
            (true, _) => None,
            (false, true) => Some(cell),
            (false, false) => Some(format!("{}: {cell}", name.trim_end_matches(':'))),
        }
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// A link as a reader of an SMS needs it: its words, then the address in parentheses unless the words already show it.
/// Addresses within the site and script links show nothing.
pub fn link_suffix(words: &str, address: &str) -> Option<String> {
    let shown = address.strip_prefix("mailto:").or_else(|| address.strip_prefix("tel:"));
    let shown = match shown {
        Some(rest) => rest.split('?').next().unwrap_or_default(),
        None if address.starts_with("https://") || address.starts_with("http://") => address,
        None => return None,
    };
    let bare = |text: &str| text.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').replace(' ', "");
    (!shown.is_empty() && !bare(words).contains(&bare(shown))).then(|| format!(" ({shown})"))
}

/// A title made of a document's name: `help/late-delivery.md` becomes `late delivery`.
pub fn title_of_key(key: &str) -> String {
    let name = key.rsplit(['/', '\\']).next().unwrap_or(key);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let title = squeeze(&stem.replace(['-', '_'], " "));
    if title.is_empty() { key.to_owned() } else { title }
}
