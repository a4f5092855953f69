//! What the program and the process that reads its documents say to one another: one line of JSON and the bytes of the
//! document there, one line of JSON back.

use knowledge::document::{DocumentKey, MediaType, RawDocument};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Error, ErrorKind, Read};

/// The first line of the child: its limits hold, and it reads requests now.
pub const READY: &[u8] = b"ready\n";
/// A line that announces a document is at most so long; names are paths.
const HEAD_BYTES_MAX: u64 = 64 * 1024;

/// Announces a document; its bytes follow.
#[derive(Serialize, Deserialize)]
pub struct Head {
    /// Its name in the source.
    pub key: DocumentKey,
    /// What kind of bytes.
    pub media_type: MediaType,
    /// How many.
    pub bytes: u64,
}

/// The line that announces a document.
pub fn head(raw: &RawDocument) -> serde_json::Result<Vec<u8>> {
    let head = Head { key: raw.key.clone(), media_type: raw.media_type, bytes: raw.bytes.len() as u64 };
    let mut line = serde_json::to_vec(&head)?;
    line.push(b'\n');
    Ok(line)
}

/// The next document; none at the end of the input.
pub fn read(input: &mut impl BufRead, file_bytes_max: u64) -> std::io::Result<Option<RawDocument>> {
    let mut line = Vec::new();
    if input.by_ref().take(HEAD_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let head: Head = serde_json::from_slice(&line)?;
    if head.bytes > file_bytes_max {
        return Err(Error::new(ErrorKind::InvalidData, "more bytes than a document may have"));
    }
    let mut bytes = Vec::new();
    if input.by_ref().take(head.bytes).read_to_end(&mut bytes)? as u64 != head.bytes {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(RawDocument { key: head.key, media_type: head.media_type, bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_is_read_and_the_end_is_the_end() {
        let raw = RawDocument { key: DocumentKey("a\nb.md".to_owned()), media_type: MediaType::Pdf, bytes: b"\n\0{}\n".to_vec() };
        let sent = [head(&raw).unwrap(), raw.bytes.clone()].concat();
        let mut input = sent.as_slice();
        assert!(read(&mut input, 5).unwrap() == Some(raw));
        assert!(read(&mut input, 5).unwrap().is_none());
        assert!(read(&mut sent.as_slice(), 4).is_err(), "more bytes than allowed");
        assert!(read(&mut &sent[..sent.len() - 1], 5).is_err(), "cut off");
        assert!(read(&mut b"hello\n".as_slice(), 5).is_err(), "no head");
    }
}
