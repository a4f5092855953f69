//! Fonts: which characters codes stand for, and how wide they are. Outlines are never looked at.

use super::encoding::Encoding;
use super::{glyph_names, widths};
use hayro_cmap::{BfString, CMap};
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};
use std::collections::HashMap;
use std::ops::Deref;

/// So many widths of a font are kept; CIDs have 16 bits.
const WIDTHS_MAX: usize = 65_536;
/// Width of a composite font's glyphs when nothing is said (ISO 32000-1, table 117).
const COMPOSITE_WIDTH: f64 = 1000.0;
/// `ForceBold` among the flags of a font (ISO 32000-1, table 123).
const FORCE_BOLD: i32 = 1 << 18;

/// A font of a page.
pub struct Font {
    /// It is set in bold.
    pub is_bold: bool,
    name: String,
    to_unicode: Option<CMap>,
    codes: Codes,
    widths: HashMap<u32, f64>,
    default_width: Option<f64>,
    /// Units of a glyph's width: a thousandth but for Type 3.
    unit: f64,
}

enum Codes {
    /// One byte a code, with what each means.
    Simple(Vec<Option<String>>),
    /// Two bytes a code; each may be a UTF-16 unit itself.
    Composite { is_unicode: bool },
}

/// A code of a string: what it shows and how wide it is, for a size of 1.
pub struct Glyph {
    /// What it shows; none when the font does not say.
    pub text: Option<String>,
    /// Its width.
    pub width: f64,
    /// It is the single byte 32, which word spacing widens.
    pub is_space_code: bool,
}

impl Font {
    /// Reads a font dictionary. What is missing or broken is taken as usual.
    pub fn new(dict: &Dict<'_>) -> Font {
        let name = |dict: &Dict<'_>, key: &str| dict.get::<Name<'_>>(key).map(|name| name.as_str().to_owned());
        let subtype = name(dict, "Subtype").unwrap_or_default();
        let base = name(dict, "BaseFont").unwrap_or_default();
        let to_unicode = dict.get::<Stream<'_>>("ToUnicode").and_then(|stream| CMap::parse(&stream.decoded().ok()?, |_| None));
        let descendant = dict.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let inner = descendant.as_ref().unwrap_or(dict);
        let descriptor = inner.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let is_forced = descriptor.get::<i32>("Flags").is_some_and(|flags| flags & FORCE_BOLD != 0);
        let number = |dict: &Dict<'_>, key: &str| dict.get::<Number>(key).map(|number| number.as_f64());
        let (codes, widths, default_width) = if subtype == "Type0" {
            let encoding = name(dict, "Encoding").unwrap_or_default();
            let codes = Codes::Composite { is_unicode: encoding.contains("UCS2") || encoding.contains("UTF16") };
            (codes, composite_widths(inner), Some(number(inner, "DW").unwrap_or(COMPOSITE_WIDTH)))
        } else {
            let fallback = if subtype == "Type1" { Encoding::Standard } else { Encoding::WinAnsi };
            (Codes::Simple(meanings(dict, fallback)), simple_widths(dict), number(&descriptor, "MissingWidth"))
        };
        let type_3 = (subtype == "Type3").then(|| dict.get::<Array<'_>>("FontMatrix")).flatten();
        let unit = type_3.and_then(|matrix| matrix.iter::<Number>().next()).map_or(0.001, |number| number.as_f64().abs());
        let lower = base.to_lowercase();
        let is_bold = is_forced || ["bold", "black", "heavy", "-bd"].iter().any(|word| lower.contains(word));
        Font { is_bold, name: base, to_unicode, codes, widths, default_width, unit }
    }

    /// The glyphs of a string.
    pub fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        match &self.codes {
            Codes::Simple(meanings) => bytes.iter().map(|byte| self.simple(*byte, meanings)).collect(),
            Codes::Composite { is_unicode } => bytes
                .chunks(2)
                .map(|pair| self.composite(pair.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)), *is_unicode))
                .collect(),
        }
    }

    fn simple(&self, code: u8, meanings: &[Option<String>]) -> Glyph {
        let meant = meanings.get(usize::from(code)).cloned().flatten();
        let text = self.mapped(code.into()).or(meant);
        let standard = || widths::width(&self.name, text.as_deref().and_then(|text| text.chars().next()).unwrap_or(' '));
        let known = self.widths.get(&code.into()).copied();
        let width = known.or(self.default_width.filter(|_| !self.widths.is_empty())).unwrap_or_else(standard);
        Glyph { text, width: width * self.unit, is_space_code: code == b' ' }
    }

    fn composite(&self, code: u32, is_unicode: bool) -> Glyph {
        let itself = || char::from_u32(code).filter(|_| is_unicode).map(String::from);
        let width = self.widths.get(&code).copied().or(self.default_width).unwrap_or(COMPOSITE_WIDTH);
        Glyph { text: self.mapped(code).or_else(itself), width: width * self.unit, is_space_code: false }
    }

    fn mapped(&self, code: u32) -> Option<String> {
        match self.to_unicode.as_ref()?.lookup_bf_string(code)? {
            BfString::Char('\0' | '\u{fffd}') => None,
            BfString::Char(character) => Some(character.to_string()),
            BfString::String(text) => Some(text),
        }
    }
}

/// What the 256 codes of a simple font mean.
fn meanings(dict: &Dict<'_>, fallback: Encoding) -> Vec<Option<String>> {
    let named = |name: Name<'_>| Encoding::of_name(name.as_str());
    let encoding = dict.get::<Dict<'_>>("Encoding");
    let base = match &encoding {
        Some(encoding) => encoding.get::<Name<'_>>("BaseEncoding").and_then(named),
        None => dict.get::<Name<'_>>("Encoding").and_then(named),
    };
    let base = base.unwrap_or(fallback);
    let mut meanings: Vec<Option<String>> = (0..=u8::MAX).map(|code| base.text(code)).collect();
    let Some(differences) = encoding.and_then(|encoding| encoding.get::<Array<'_>>("Differences")) else { return meanings };
    let mut code = 0_usize;
    for object in differences.iter::<Object<'_>>() {
        if let Some(start) = number(&object) {
            code = start as usize;
        } else if let Some(name) = object.into_name() {
            if let Some(meaning) = meanings.get_mut(code) {
                *meaning = glyph_names::text(name.as_str());
            }
            code = code.saturating_add(1);
        }
    }
    meanings
}

fn number(object: &Object<'_>) -> Option<f64> {
    object.clone().into_number().map(|number| number.as_f64())
}

fn simple_widths(dict: &Dict<'_>) -> HashMap<u32, f64> {
    let first = dict.get::<i32>("FirstChar").and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
    let widths = dict.get::<Array<'_>>("Widths");
    let listed = widths.iter().flat_map(|widths| widths.iter::<Number>()).take(256);
    listed.enumerate().map(|(place, width)| (first.saturating_add(place as u32), width.as_f64())).collect()
}

/// `W` of a CID font: `first [w w ...]` and `first last w`.
fn composite_widths(dict: &Dict<'_>) -> HashMap<u32, f64> {
    let mut widths = HashMap::new();
    let Some(array) = dict.get::<Array<'_>>("W") else { return widths };
    let mut pending: Vec<f64> = Vec::new();
    for object in array.iter::<Object<'_>>() {
        let value = number(&object);
        match (pending.as_slice(), value, object.into_array()) {
            ([first], None, Some(listed)) => {
                let first = *first as u32;
                let numbers = listed.iter::<Number>().take(WIDTHS_MAX).enumerate();
                widths.extend(numbers.map(|(place, width)| (first.saturating_add(place as u32), width.as_f64())));
                pending.clear();
            }
            ([first, last], Some(width), _) => {
                let (first, last) = (*first as u32, *last as u32);
                widths.extend((first..=last).take(WIDTHS_MAX).map(|cid| (cid, width)));
                pending.clear();
            }
            (_, Some(value), _) => pending.push(value),
            (_, None, _) => pending.clear(),
        }
        if widths.len() >= WIDTHS_MAX {
            break;
        }
    }
    widths
}

/// A name's own bytes are what fonts of a page are known by.
pub fn key(name: &Name<'_>) -> Vec<u8> {
    name.deref().to_vec()
}
