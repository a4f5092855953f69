//! The text of a Word document as a reader sees it: what was deleted under tracking or hidden is left out.

use super::paragraph::Paragraph;
use super::relations::Links;
use super::styles::{Role, Styles, outline};
use super::table::Table;
use super::xml::{Element, Visitor};
use crate::stages::sections::{SectionBuilder, squeeze};
use std::collections::HashMap;

/// Elements that are left out with all that they hold: what was deleted or moved away, the older twin of a drawing, and
/// reading aids over characters.
const DROPPED: &[&str] = &["del", "moveFrom", "Fallback", "rt"];

/// Reads `document.xml`, or the notes of `footnotes.xml`.
pub struct Body<'a> {
    /// What was read.
    pub builder: SectionBuilder,
    /// The paragraph of style Title.
    pub title: Option<String>,
    /// Text of each note by id, when notes are read.
    pub notes: HashMap<String, String>,
    styles: &'a Styles,
    links: &'a Links,
    footnotes: &'a HashMap<String, String>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    dropped: usize,
    is_text: bool,
    is_instruction: bool,
    is_run: bool,
    is_hidden: bool,
    note: Option<(String, String)>,
}

impl<'a> Body<'a> {
    /// A reader with what the text refers to.
    pub fn new(styles: &'a Styles, links: &'a Links, footnotes: &'a HashMap<String, String>) -> Self {
        Body {
            builder: SectionBuilder::default(),
            title: None,
            notes: HashMap::new(),
            styles,
            links,
            footnotes,
            paragraphs: Vec::new(),
            tables: Vec::new(),
            dropped: 0,
            is_text: false,
            is_instruction: false,
            is_run: false,
            is_hidden: false,
            note: None,
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut().filter(|_| !self.is_hidden) {
            paragraph.text.push_str(text);
        }
    }

    /// What concerns the open paragraph.
    fn open_inside(&mut self, name: &str, element: &Element<'_>) {
        let address = || element.get("id").and_then(|id| self.links.0.get(&id).cloned());
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        match name {
            "pStyle" => paragraph.style = element.get("val"),
            "outlineLvl" => paragraph.role = outline(element.get("val")),
            "hyperlink" => paragraph.open_link(address()),
            "fldChar" => match element.get("fldCharType").as_deref() {
                Some("begin") => paragraph.open_link(None),
                Some("separate") => paragraph.separate(),
                Some("end") => paragraph.close_link(),
                Some(_) | None => {}
            },
            "footnoteReference" | "endnoteReference" => {
                let kind = name.get(..1).unwrap_or_default();
                paragraph.notes.extend(element.get("id").map(|id| format!("{kind}{id}")));
            }
            "vanish" if self.is_run => self.is_hidden = element.get("val").is_none_or(|value| !matches!(value.as_str(), "0" | "false")),
            "tab" | "br" | "cr" => self.push(" "),
            "noBreakHyphen" => self.push("-"),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else { return };
        if let Some((_, note)) = &mut self.note {
            note.push(' ');
            note.push_str(&paragraph.text);
            return;
        }
        let notes: Vec<&String> = paragraph.notes.iter().filter_map(|id| self.footnotes.get(id)).collect();
        if let Some(table) = self.tables.last_mut() {
            table.paragraph(paragraph.text);
            notes.into_iter().for_each(|note| table.paragraph(note.clone()));
            return;
        }
        let role = paragraph.role.unwrap_or_else(|| paragraph.style.as_deref().map_or(Role::Text, |style| self.styles.role(style)));
        match role {
            Role::Title if self.title.is_none() && !paragraph.text.trim().is_empty() => self.title = Some(squeeze(&paragraph.text)),
            Role::Heading(level) => self.builder.heading(level, &paragraph.text),
            Role::Title | Role::Text => self.builder.block(&paragraph.text),
        }
        notes.into_iter().for_each(|note| self.builder.block(note));
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let sentences = table.sentences();
        match self.tables.last_mut() {
            Some(outer) => sentences.into_iter().for_each(|sentence| outer.paragraph(sentence)),
            None => sentences.iter().for_each(|sentence| self.builder.block(sentence)),
        }
    }
}

impl Visitor for Body<'_> {
    fn open(&mut self, name: &str, element: &Element<'_>) {
        // `<w:del/>` in the properties of a paragraph marks only its end.
        if self.dropped > 0 || DROPPED.contains(&name) {
            self.dropped += usize::from(DROPPED.contains(&name));
            return;
        }
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => (self.is_run, self.is_hidden) = (true, false),
            "t" => self.is_text = true,
            "instrText" => self.is_instruction = true,
            "tbl" => self.tables.push(Table::default()),
            "footnote" | "endnote" => {
                let kind = name.get(..1).unwrap_or_default();
                self.note = Some((format!("{kind}{}", element.get("id").unwrap_or_default()), String::new()));
            }
            _ => self.open_inside(name, element),
        }
    }

    fn words(&mut self, text: &str) {
        if self.dropped > 0 {
            return;
        }
        if self.is_instruction {
            self.paragraphs.last_mut().into_iter().for_each(|paragraph| paragraph.instruct(text));
        } else if self.is_text {
            self.push(text);
        }
    }

    fn close(&mut self, name: &str) {
        if self.dropped > 0 {
            self.dropped -= usize::from(DROPPED.contains(&name));
            return;
        }
        match name {
            "p" => self.end_paragraph(),
            "t" => self.is_text = false,
            "instrText" => self.is_instruction = false,
            "r" => (self.is_run, self.is_hidden) = (false, false),
            "hyperlink" => self.paragraphs.last_mut().into_iter().for_each(Paragraph::close_link),
            "tc" => self.tables.last_mut().into_iter().for_each(Table::end_cell),
            "tr" => self.tables.last_mut().into_iter().for_each(Table::end_row),
            "tbl" => self.end_table(),
            "footnote" | "endnote" => self.notes.extend(self.note.take()),
            _ => {}
        }
    }
}
