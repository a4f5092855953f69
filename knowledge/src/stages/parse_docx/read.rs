//! A Word document from its parts.

use super::archive::Archive;
use super::body::Body;
use super::relations::{Links, Title};
use super::styles::Styles;
use super::xml::{Visitor, visit};
use crate::document::{Document, DocumentKey};
use crate::stages::decode::decode;
use crate::stages::parse::{Meta, document};
use crate::stages::sections::{squeeze, title_of_key};
use std::collections::HashMap;

/// Reads a Word document. Its title is the paragraph of style Title, else the first heading, else the title in its
/// properties.
pub fn parse(key: &DocumentKey, bytes: &[u8]) -> Result<Document, String> {
    let archive = Archive::open(bytes)?;
    let (mut styles, mut links, mut core) = (Styles::default(), Links::default(), Title::default());
    part(&archive, "word/styles.xml", &mut styles)?;
    part(&archive, "word/_rels/document.xml.rels", &mut links)?;
    part(&archive, "docProps/core.xml", &mut core)?;
    let none = HashMap::new();
    let mut notes = HashMap::new();
    for name in ["word/footnotes.xml", "word/endnotes.xml"] {
        let mut reader = Body::new(&styles, &links, &none);
        part(&archive, name, &mut reader)?;
        notes.extend(reader.notes);
    }
    let mut body = Body::new(&styles, &links, &notes);
    if !part(&archive, "word/document.xml", &mut body)? {
        return Err("is no Word document (it has no word/document.xml): save it as .docx".to_owned());
    }
    let heading = body.builder.first_heading().map(str::to_owned);
    let title = body.title.or(heading).or_else(|| Some(squeeze(&core.text)).filter(|title| !title.is_empty()));
    Ok(document(key, Meta { title, ..Meta::default() }, &title_of_key(&key.0), body.builder.finish()))
}

/// Reads a part; false when the document has none of this name.
fn part(archive: &Archive<'_>, name: &str, visitor: &mut impl Visitor) -> Result<bool, String> {
    let Some(bytes) = archive.part(name)? else { return Ok(false) };
    visit(&decode(&bytes)?, visitor)?;
    Ok(true)
}
