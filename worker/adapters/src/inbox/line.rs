//! Reading lines of any length in bounded memory.

use std::io::{BufRead, ErrorKind, Result};

/// One line of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its bytes without the line break; of a line that is too long the first ones.
    pub bytes: Vec<u8>,
    /// How many bytes it takes in the file, the line break counted.
    pub length: u64,
}

/// Reads the next line and keeps at most `bytes_max` bytes of it; the rest is passed over without being kept. None at the
/// end of the file. A last line needs no line break.
pub fn read_line(reader: &mut impl BufRead, bytes_max: usize) -> Result<Option<Line>> {
    let mut line = Line { bytes: Vec::new(), length: 0 };
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        let room = bytes_max.saturating_sub(line.bytes.len()).min(part.len());
        line.bytes.extend_from_slice(part.get(..room).unwrap_or_default());
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        line.length = line.length.saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
        if end.is_some() || used == 0 {
            return Ok(Some(line).filter(|line| line.length > 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_and_long_ones_are_cut() {
        let text = b"one\n\ntwo is long\nlast";
        let mut reader = std::io::BufReader::with_capacity(4, &text[..]);
        let mut lines = Vec::new();
        while let Some(line) = read_line(&mut reader, 5).unwrap() {
            lines.push((String::from_utf8(line.bytes).unwrap(), line.length));
        }
        let expected = [("one", 4), ("", 1), ("two i", 12), ("last", 4)];
        assert_eq!(lines, expected.map(|(text, length)| (text.to_owned(), length)));
    }
}
