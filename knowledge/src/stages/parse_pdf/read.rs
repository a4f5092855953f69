//! A PDF document from its pages.

use super::content::{Interpreter, Shared};
use super::layout::{Line, lines};
use super::paragraphs::sections;
use crate::document::{Document, DocumentKey};
use crate::stages::parse::{Meta, TEXT_BYTES_MAX, document};
use crate::stages::sections::{squeeze, title_of_key};
use hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

/// A document has at most so many pages.
pub const PAGES_MAX: usize = 2_000;
/// What a PDF begins with, within its first kilobyte (ISO 32000-1, annex H.3).
const MARK: &[u8] = b"%PDF-";
const MARK_WITHIN: usize = 1024;
/// Fonts must say what they show for at least this share of the glyphs.
const KNOWN_SHARE_MIN: f64 = 0.8;

/// Reads a PDF. Its title is its first heading, else the title that it carries. Pages are named when there is more than one.
pub fn parse(key: &DocumentKey, bytes: &[u8]) -> Result<Document, String> {
    if !bytes.windows(MARK.len()).take(MARK_WITHIN).any(|window| window == MARK) {
        return Err("is no PDF: export it anew".to_owned());
    }
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => "is protected by a password: export it without one".to_owned(),
        LoadPdfError::Decryption(_) => "is encrypted in a way that is not read: export it without protection".to_owned(),
        LoadPdfError::Invalid => "is a damaged PDF (it has no pages that can be found): export it anew".to_owned(),
    })?;
    if pdf.pages().len() > PAGES_MAX {
        return Err(format!("has more than {PAGES_MAX} pages: split it"));
    }
    let mut shared = Shared::default();
    let mut pages: Vec<Vec<Line>> = Vec::new();
    let (mut text_bytes, mut has_pictures) = (0, false);
    for page in pdf.pages().iter() {
        let mut interpreter = Interpreter::new(&mut shared);
        interpreter.run(&content(page), page.resources(), 0);
        let page_lines = lines(interpreter.pieces.0);
        text_bytes += page_lines.iter().map(|line| line.text.len()).sum::<usize>();
        if text_bytes > TEXT_BYTES_MAX {
            return Err(format!("holds more than {TEXT_BYTES_MAX} bytes of text: split it"));
        }
        has_pictures |= page_lines.is_empty() && shows_picture(page);
        pages.push(page_lines);
    }
    refuse_unreadable(&shared, text_bytes, has_pictures)?;
    let (heading, sections) = sections(pages);
    let title = heading.or_else(|| own_title(&pdf));
    Ok(document(key, Meta { title, ..Meta::default() }, &title_of_key(&key.0), sections))
}

fn refuse_unreadable(shared: &Shared, text_bytes: usize, has_pictures: bool) -> Result<(), String> {
    let (known, unknown) = (shared.known, shared.unknown);
    if (known as f64) < (known + unknown) as f64 * KNOWN_SHARE_MIN {
        return Err("has fonts that do not say which letters they show: export it anew with text, or recognise it (OCR)".to_owned());
    }
    match (text_bytes, has_pictures) {
        (0, true) => Err("is a scan without text: recognise it (OCR) and save it with a text layer".to_owned()),
        (0, false) => Err("holds no text on any page".to_owned()),
        _ => Ok(()),
    }
}

/// The content streams of a page, one after the other. The page's own cache is not used: it would keep every page.
fn content(page: &Page<'_>) -> Vec<u8> {
    let decoded = |stream: Stream<'_>| stream.decoded().map(std::borrow::Cow::into_owned).unwrap_or_default();
    if let Some(stream) = page.raw().get::<Stream<'_>>("Contents") {
        return decoded(stream);
    }
    let parts = page.raw().get::<Array<'_>>("Contents");
    let parts: Vec<Vec<u8>> = parts.iter().flat_map(|parts| parts.iter::<Stream<'_>>()).map(decoded).collect();
    parts.join(&b'\n')
}

fn shows_picture(page: &Page<'_>) -> bool {
    let objects: &Dict<'_> = &page.resources().x_objects;
    objects.keys().any(|name| {
        let object = objects.get::<Stream<'_>>(&name);
        object.and_then(|object| object.dict().get::<Name<'_>>("Subtype").map(|kind| kind.as_str() == "Image")).unwrap_or(false)
    })
}

/// The title in the document's properties: UTF-16 with a mark, or one byte a letter.
fn own_title(pdf: &Pdf) -> Option<String> {
    let bytes = pdf.metadata().title.as_deref()?;
    let title = crate::stages::decode::decode(bytes).ok()?;
    Some(squeeze(&title)).filter(|title| !title.is_empty())
}
