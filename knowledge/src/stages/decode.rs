//! Bytes to text: UTF-8, UTF-16 with a byte order mark, Windows-1252 and its kin. What is no text is refused.

/// The characters of Windows-1252 from 0x80 to 0x9F; zero where it has none. Every other byte is its own code point.
/// From the Encoding Standard, index windows-1252.
const WINDOWS_1252: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019,
    0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];
/// Where ISO 8859-15 differs from its own code points.
const LATIN_9: [(u8, char); 8] = [(0xA4, '€'), (0xA6, 'Š'), (0xA8, 'š'), (0xB4, 'Ž'), (0xB8, 'ž'), (0xBC, 'Œ'), (0xBD, 'œ'), (0xBE, 'Ÿ')];
/// A page names its encoding in so many first bytes (HTML Standard, 1024).
const DECLARATION_BYTES_MAX: usize = 1024;
/// Western text in one byte a letter has at most this share of its letters beyond ASCII; more is another alphabet.
const HIGH_SHARE_MAX: f64 = 0.4;
/// So few letters beyond ASCII tell nothing.
const HIGH_MIN: usize = 5;

/// Reads text. The reason of a refusal says what to do.
pub fn decode(bytes: &[u8]) -> Result<String, String> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest).ok_or_else(|| "begins as UTF-8 and is not: save it as UTF-8".to_owned()),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match utf8(bytes) {
            Some(text) if is_text(&text) => Ok(text),
            Some(_) => Err("is no text (it holds control bytes): save it as UTF-8 text".to_owned()),
            None => one_byte(bytes),
        },
    }
}

fn utf8(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
    match String::from_utf16(&units) {
        Ok(text) if rest.is_empty() && is_text(&text) => Ok(text),
        Ok(_) | Err(_) => Err("begins as UTF-16 and is not: save it as UTF-8 text".to_owned()),
    }
}

/// Text holds no control characters but white space. A stray one (form feeds, old word processors) is forgiven.
fn is_text(text: &str) -> bool {
    let strange = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    !text.contains('\0') && strange <= text.len() / 1000
}

fn one_byte(bytes: &[u8]) -> Result<String, String> {
    let mut is_latin_9 = false;
    if let Some(name) = declared(bytes) {
        match name.as_str() {
            "windows-1252" | "cp1252" | "iso-8859-1" | "latin1" | "us-ascii" | "utf-8" | "utf8" => {}
            "iso-8859-15" | "latin-9" => is_latin_9 = true,
            _ => return Err(format!("is written in {name}, which is not read: save it as UTF-8")),
        }
    }
    let decoded: Option<String> = bytes.iter().map(|byte| character(*byte, is_latin_9)).collect();
    let text = decoded.filter(|text| is_text(text)).ok_or_else(|| "is no text: save it as UTF-8 text".to_owned())?;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let high = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    match high >= HIGH_MIN && high as f64 > letters as f64 * HIGH_SHARE_MAX {
        true => Err("is written in an encoding that cannot be told: save it as UTF-8".to_owned()),
        false => Ok(text),
    }
}

fn character(byte: u8, is_latin_9: bool) -> Option<char> {
    let latin_9 = LATIN_9.iter().find(|(from, _)| is_latin_9 && *from == byte).map(|(_, to)| *to);
    latin_9.or_else(|| windows_1252(byte))
}

/// A byte of Windows-1252; five of them are nothing.
pub fn windows_1252(byte: u8) -> Option<char> {
    match byte.checked_sub(0x80).and_then(|high| WINDOWS_1252.get(usize::from(high))) {
        Some(0) => None,
        Some(code) => char::from_u32((*code).into()),
        None => Some(char::from(byte)),
    }
}

/// The encoding that a page names in its head, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let head: String = bytes.iter().take(DECLARATION_BYTES_MAX).map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
    let (_, rest) = head.split_once("<meta").filter(|(_, rest)| rest.contains("charset"))?.1.split_once("charset")?;
    let name = rest.trim_start_matches([' ', '=', '"', '\'']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(name.len());
    name.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_offices_write() {
        let utf16 = |text: &str, mark: [u8; 2], write: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(write)).collect::<Vec<u8>>()
        };
        for bytes in [
            "Où ? 5 €".as_bytes().to_vec(),
            [b"\xEF\xBB\xBF".as_slice(), "Où ? 5 €".as_bytes()].concat(),
            utf16("Où ? 5 €", [0xFF, 0xFE], u16::to_le_bytes),
            utf16("Où ? 5 €", [0xFE, 0xFF], u16::to_be_bytes),
            b"O\xF9 ? 5 \x80".to_vec(),
        ] {
            assert_eq!(decode(&bytes).unwrap(), "Où ? 5 €");
        }
        assert!(decode(b"<meta charset='ISO-8859-15'>cours \xE0 5 \xA4, \xBDuvre").unwrap().ends_with("cours à 5 €, œuvre"));
    }

    #[test]
    fn what_is_no_text_or_in_an_unknown_encoding_is_refused_with_what_to_do() {
        let cyrillic = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2];
        for (bytes, word) in [
            (b"GIF89a\0\0\x01".as_slice(), "no text"),
            (b"\x7fELF\x02\x01\x01\xff\xfe", "no text"),
            (b"\xFF\xFEa", "UTF-16"),
            (b"\xEF\xBB\xBF\xff", "UTF-8"),
            (&cyrillic, "cannot be told"),
            (b"<meta charset=\"koi8-r\"> \xc1\xc2", "koi8-r"),
        ] {
            let reason = decode(bytes).unwrap_err();
            assert!(reason.contains(word) && reason.contains("save it as UTF-8"), "{reason}");
        }
    }
}
