//! The XML of a part, as a stream of elements and words. No tree is built, and nothing is declared or fetched.

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// Elements lie at most so deep; Word itself stays under 50.
pub const DEPTH_MAX: usize = 256;

const DAMAGED: &str = "is a damaged Word document (its XML breaks off or does not close): save it anew as .docx";

/// What a part tells, in its order.
pub trait Visitor {
    /// An element begins, by its name without prefix.
    fn open(&mut self, name: &str, element: &Element<'_>);
    /// Text between tags.
    fn words(&mut self, text: &str);
    /// An element ends.
    fn close(&mut self, name: &str);
}

/// The attributes of an element.
pub struct Element<'a>(&'a BytesStart<'a>);

impl Element<'_> {
    /// The value of an attribute, by its name without prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().into_inner() == name)?;
        match unescape(&found.value) {
            Ok(value) => Some(value.into_owned()),
            Err(_) => Some(found.value.into_owned()),
        }
    }
}

/// Reads a part to its end.
pub fn visit(part: &str, visitor: &mut impl Visitor) -> Result<(), String> {
    let mut reader = Reader::from_str(part);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|_| DAMAGED)? {
            Event::Start(element) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(format!("is nested more than {DEPTH_MAX} deep: save its text alone"));
                }
                visitor.open(element.local_name().into_inner(), &Element(&element));
            }
            Event::Empty(element) => {
                visitor.open(element.local_name().into_inner(), &Element(&element));
                visitor.close(element.local_name().into_inner());
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                visitor.close(element.local_name().into_inner());
            }
            Event::Text(text) => visitor.words(&text),
            Event::CData(text) => visitor.words(&text),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten();
                let text: Option<String> = character.map(String::from).or_else(|| resolve_xml_entity(&name).map(str::to_owned));
                match text {
                    Some(text) => visitor.words(&text),
                    None => return Err(DAMAGED.to_owned()),
                }
            }
            Event::DocType(_) => return Err("declares entities, which no Word document does: save it anew as .docx".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if depth > 0 => return Err(DAMAGED.to_owned()),
            Event::Eof => return Ok(()),
        }
    }
}
