//! Lines become headings and paragraphs, over the borders of pages.

use super::layout::{Line, is_bullet, is_mark};
use crate::document::Section;
use crate::stages::sections::SectionBuilder;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// Letters larger than those of the text by this are a heading's.
const HEADING_SIZE: f64 = 1.15;
/// A heading has at most so many letters, a bold one in the text's own size fewer.
const HEADING_CHARS_MAX: usize = 120;
const BOLD_HEADING_CHARS_MAX: usize = 80;
/// Lines of one heading lie at most so many sizes apart.
const HEADING_PITCH: f64 = 1.45;
/// A gap wider than the usual one by this parts paragraphs.
const GAP: f64 = 1.3;
/// A first line begins further right by at least this share of the size.
const INDENT: f64 = 0.8;
/// A line at the edge of at least this share of the pages, and of three, belongs to the paper.
const RUNNING_SHARE: f64 = 0.5;
const RUNNING_PAGES_MIN: usize = 3;
/// So many lines from the top and the bottom are looked at.
const EDGE_LINES: usize = 2;

/// Sizes and distances of a document.
struct Measure {
    body: f64,
    pitch: f64,
    headings: Vec<i64>,
}

/// The sections of a document, from the lines of its pages.
pub fn sections(mut pages: Vec<Vec<Line>>) -> (Option<String>, Vec<Section>) {
    drop_running(&mut pages);
    let measure = measure(&pages);
    let is_paged = pages.len() > 1;
    let mut builder = SectionBuilder::default();
    let mut open = Open::default();
    for (number, page) in pages.iter().enumerate() {
        let place = is_paged.then(|| format!("p. {}", number + 1));
        for (at, line) in page.iter().enumerate() {
            if let Some(level) = measure.heading(line) {
                open.close(&mut builder);
                open.heading(line, level, &mut builder);
                continue;
            }
            open.close_heading(&mut builder);
            if open.is_new(line, &measure, at == 0) {
                open.close(&mut builder);
                builder.place(place.clone());
            }
            open.add(line);
        }
    }
    open.close(&mut builder);
    open.close_heading(&mut builder);
    (open.title, builder.finish())
}

/// The paragraph and the heading that are being read.
#[derive(Default)]
struct Open {
    text: String,
    last: Option<Line>,
    heading: Option<(u8, f64, String)>,
    title: Option<String>,
}

impl Open {
    fn is_new(&self, line: &Line, measure: &Measure, is_first_of_page: bool) -> bool {
        let Some(last) = self.last.as_ref().filter(|_| !self.text.is_empty()) else { return true };
        let down = last.y - line.y;
        let ends = last.text.ends_with(['.', '!', '?', ':', '…', '»', '”']);
        let goes_on = !ends && line.text.starts_with(|c: char| c.is_lowercase());
        let begins_item = line.text.split_whitespace().next().is_some_and(is_mark);
        let is_indented = ends && line.left - last.left > last.size * INDENT;
        if last.is_row || line.is_row || begins_item || (line.size - last.size).abs() > last.size * 0.1 {
            return true;
        }
        match is_first_of_page || down <= 0.0 {
            true => !goes_on,
            false => down > measure.pitch * GAP || is_indented,
        }
    }

    /// A word that is parted at the end of a line is put together.
    fn add(&mut self, line: &Line) {
        let text = line.text.trim();
        let stem = self.text.strip_suffix(['-', '\u{ad}', '\u{2010}']).filter(|stem| stem.ends_with(char::is_lowercase));
        match stem.filter(|_| text.starts_with(char::is_lowercase)).map(str::len) {
            Some(stem) => self.text.truncate(stem),
            None if self.text.is_empty() => {}
            None => self.text.push(' '),
        }
        self.text.push_str(text);
        self.last = Some(line.clone());
    }

    fn close(&mut self, builder: &mut SectionBuilder) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim_start_matches(is_bullet);
        builder.block(&readable(text));
        self.last = None;
    }

    /// Lines of one size are one heading.
    fn heading(&mut self, line: &Line, level: u8, builder: &mut SectionBuilder) {
        match &mut self.heading {
            Some((open, y, text)) if *open == level && (0.0..line.size * HEADING_PITCH).contains(&(*y - line.y)) => {
                text.push(' ');
                text.push_str(&line.text);
                *y = line.y;
            }
            _ => {
                self.close_heading(builder);
                self.heading = Some((level, line.y, line.text.clone()));
            }
        }
    }

    fn close_heading(&mut self, builder: &mut SectionBuilder) {
        if let Some((level, _, text)) = self.heading.take() {
            let text = readable(&text);
            builder.heading(level, &text);
            self.title.get_or_insert(text);
        }
    }
}

/// Ligatures become their letters, letters and the accents over them one character.
fn readable(text: &str) -> String {
    let spell = |c: char| if ('\u{fb00}'..='\u{fb06}').contains(&c) { c.nfkd().collect::<String>() } else { c.to_string() };
    text.chars().filter(|c| *c != '\u{ad}').map(spell).collect::<String>().nfc().collect()
}

impl Measure {
    /// The level of a heading, 1 the largest; none for text.
    fn heading(&self, line: &Line) -> Option<u8> {
        let chars = line.text.chars().count();
        if line.is_row || !line.text.chars().any(char::is_alphabetic) {
            return None;
        }
        let size = halves(line.size);
        if let Some(rank) = self.headings.iter().position(|heading| *heading == size).filter(|_| chars <= HEADING_CHARS_MAX) {
            return u8::try_from(rank.min(5) + 1).ok();
        }
        let is_short = chars <= BOLD_HEADING_CHARS_MAX && !line.text.ends_with(['.', ',', ';', ':']);
        let is_heading = line.is_bold && is_short && (line.size - self.body).abs() < self.body * 0.15;
        is_heading.then(|| u8::try_from(self.headings.len().min(5) + 1).unwrap_or(6))
    }
}

/// Sizes are compared in half points.
fn halves(size: f64) -> i64 {
    (size * 2.0).round() as i64
}

fn measure(pages: &[Vec<Line>]) -> Measure {
    let mut letters: BTreeMap<i64, usize> = BTreeMap::new();
    let mut gaps = Vec::new();
    for page in pages {
        page.iter().for_each(|line| *letters.entry(halves(line.size)).or_default() += line.text.len());
        let pairs = page.windows(2).filter_map(|pair| if let [a, b] = pair { Some((a, b)) } else { None });
        gaps.extend(pairs.filter(|(a, b)| halves(a.size) == halves(b.size)).map(|(a, b)| a.y - b.y).filter(|gap| *gap > 1.0));
    }
    let body = letters.iter().max_by_key(|(_, letters)| **letters).map_or(24, |(size, _)| *size);
    let body_points = body as f64 / 2.0;
    gaps.sort_by(f64::total_cmp);
    gaps.retain(|gap| *gap < body_points * 2.5);
    // The lower quarter: most gaps lie within paragraphs, or, in a page of single lines, all are alike.
    let pitch = gaps.get(gaps.len() / 4).copied().unwrap_or(body_points * 1.2);
    let headings = letters.keys().rev().copied().filter(|size| *size as f64 >= body as f64 * HEADING_SIZE).collect();
    Measure { body: body_points, pitch, headings }
}

/// Takes away page numbers and what stands at the edge of most pages.
fn drop_running(pages: &mut [Vec<Line>]) {
    let mut seen: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        for at in edges(page) {
            seen.entry(page.get(at).map(shape).unwrap_or_default()).or_default().insert(number);
        }
    }
    let total = pages.len();
    let is_running = |shape: &String| {
        let on = seen.get(shape).map_or(0, BTreeSet::len);
        (on >= RUNNING_PAGES_MIN && on as f64 >= total as f64 * RUNNING_SHARE) || (total > 1 && is_page_number(shape))
    };
    for page in pages.iter_mut() {
        let edges = edges(page);
        let mut at = 0;
        page.retain(|line| {
            let is_dropped = edges.contains(&at) && is_running(&shape(line));
            at += 1;
            !is_dropped
        });
    }
}

fn edges(page: &[Line]) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..page.len()).collect();
    order.sort_by(|a, b| page.get(*b).map_or(0.0, |line| line.y).total_cmp(&page.get(*a).map_or(0.0, |line| line.y)));
    order.iter().take(EDGE_LINES).chain(order.iter().rev().take(EDGE_LINES)).copied().collect()
}

/// A line with its numbers made alike.
fn shape(line: &Line) -> String {
    let mut shape = String::new();
    for c in line.text.to_lowercase().chars() {
        match c.is_ascii_digit() {
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
            false => shape.push(c),
        }
    }
    shape
}

fn is_page_number(shape: &str) -> bool {
    let words = ["page", "p.", "pag.", "of", "sur", "de", "von", "seite", "página", "/", "-", "–", "|", "#", "#/#"];
    shape.contains('#') && shape.split_whitespace().all(|word| words.contains(&word))
}
