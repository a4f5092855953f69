//! The parts of a ZIP archive (APPNOTE.TXT 6.3), by their exact names. Sizes that the archive claims are not believed: what
//! is unpacked is counted.

use flate2::read::DeflateDecoder;
use std::collections::HashMap;
use std::io::Read;

/// A part unpacks to at most so many bytes. A Word document of a thousand pages has some 10 MB.
pub const PART_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// An archive holds at most so many files.
pub const ENTRIES_MAX: usize = 10_000;

/// Its end is found by this mark, in the last so many bytes.
const END_MARK: [u8; 4] = *b"PK\x05\x06";
const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: usize = 65_535;
const ENTRY_MARK: [u8; 4] = *b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL_MARK: [u8; 4] = *b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
const ENCRYPTED_FLAG: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// What old Word files and encrypted new ones begin with: a compound file (MS-CFB).
const COMPOUND_MARK: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const DAMAGED: &str = "is a damaged Word document: save it anew as .docx";

/// Where a part lies.
struct Entry {
    flags: u16,
    method: u16,
    packed: usize,
    at: usize,
}

/// An archive in memory.
pub struct Archive<'a> {
    bytes: &'a [u8],
    entries: HashMap<&'a [u8], Entry>,
}

impl<'a> Archive<'a> {
    /// Reads the list of parts.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        if bytes.starts_with(&COMPOUND_MARK) {
            return Err("is protected by a password, or a Word document of the old kind: save it as .docx without a password".to_owned());
        }
        if !bytes.starts_with(b"PK") {
            return Err("is no Word document: save it as .docx".to_owned());
        }
        let end = end(bytes).ok_or(DAMAGED)?;
        let count = u16_at(bytes, end + 10).ok_or(DAMAGED)? as usize;
        if count > ENTRIES_MAX {
            return Err(format!("holds {count} parts, more than the {ENTRIES_MAX} of a Word document: save it anew"));
        }
        let mut at = u32_at(bytes, end + 16).ok_or(DAMAGED)?;
        let mut entries = HashMap::new();
        for _ in 0..count {
            let (name, entry, next) = entry(bytes, at).ok_or(DAMAGED)?;
            entries.entry(name).or_insert(entry);
            at = next;
        }
        Ok(Archive { bytes, entries })
    }

    /// A part, unpacked; none when the archive has no part of this name.
    pub fn part(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let Some(entry) = self.entries.get(name.as_bytes()) else { return Ok(None) };
        if entry.flags & ENCRYPTED_FLAG != 0 {
            return Err("is protected by a password: save it without one".to_owned());
        }
        let packed = self.packed(entry).ok_or(DAMAGED)?;
        let mut part = Vec::new();
        let limit = PART_BYTES_MAX + 1;
        match entry.method {
            STORED => packed.take(limit).read_to_end(&mut part),
            DEFLATED => DeflateDecoder::new(packed).take(limit).read_to_end(&mut part),
            _ => return Err("is packed in a way that Word does not use: save it anew as .docx".to_owned()),
        }
        .map_err(|_| DAMAGED)?;
        match part.len() as u64 > PART_BYTES_MAX {
            true => Err(format!("unpacks to more than {PART_BYTES_MAX} bytes: split it")),
            false => Ok(Some(part)),
        }
    }

    fn packed(&self, entry: &Entry) -> Option<&'a [u8]> {
        let local = self.bytes.get(entry.at..entry.at.checked_add(LOCAL_BYTES)?)?;
        if !local.starts_with(&LOCAL_MARK) {
            return None;
        }
        let names = usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
        let start = entry.at + LOCAL_BYTES + names;
        self.bytes.get(start..start.checked_add(entry.packed)?)
    }
}

/// Where the record at the end begins: the last mark whose comment fits.
fn end(bytes: &[u8]) -> Option<usize> {
    let first = bytes.len().saturating_sub(END_BYTES + COMMENT_BYTES_MAX);
    let tail = bytes.get(first..)?;
    let starts = tail.windows(END_BYTES).enumerate().rev().filter(|(_, window)| window.starts_with(&END_MARK));
    starts.map(|(at, _)| first + at).next()
}

fn entry(bytes: &[u8], at: usize) -> Option<(&[u8], Entry, usize)> {
    let head = bytes.get(at..at.checked_add(ENTRY_BYTES)?)?;
    if !head.starts_with(&ENTRY_MARK) {
        return None;
    }
    let name_bytes = usize::from(u16_at(head, 28)?);
    let rest = usize::from(u16_at(head, 30)?) + usize::from(u16_at(head, 32)?);
    let name = bytes.get(at + ENTRY_BYTES..at + ENTRY_BYTES + name_bytes)?;
    let entry = Entry { flags: u16_at(head, 8)?, method: u16_at(head, 10)?, packed: u32_at(head, 20)?, at: u32_at(head, 42)? };
    Some((name, entry, at + ENTRY_BYTES + name_bytes + rest))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes).and_then(|value| usize::try_from(value).ok())
}
