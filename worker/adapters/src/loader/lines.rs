//! Lines of a file of any size, each with a limit.

use std::io::{BufRead, ErrorKind};

/// One line, or why there is none.
#[derive(PartialEq, Eq, Debug)]
pub enum Line {
    /// The bytes of the line, without its end.
    Text(Vec<u8>),
    /// It is longer than the limit; it was skipped.
    TooLong,
    /// The file could not be read on; this is the last line.
    Broken(ErrorKind),
    /// The file is longer than its limit; this is the last line.
    TooMuch,
}

/// Reads lines.
pub struct Lines<R> {
    input: R,
    line_bytes_max: usize,
    bytes_left: u64,
    is_over: bool,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `line_bytes_max`, until `bytes_max` are read in all.
    pub fn new(input: R, line_bytes_max: usize, bytes_max: u64) -> Self {
        Lines { input, line_bytes_max, bytes_left: bytes_max, is_over: false }
    }

    fn end(&mut self, line: Line) -> Option<Line> {
        self.is_over = true;
        Some(line)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.is_over {
            return None;
        }
        let mut line = Vec::new();
        let mut is_too_long = false;
        let mut is_empty = true;
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return self.end(Line::Broken(error.kind())),
            };
            if buffer.is_empty() {
                self.is_over = true;
                return (!is_empty).then(|| finish(line, is_too_long));
            }
            is_empty = false;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            is_too_long |= line.len() + part.len() > self.line_bytes_max;
            match is_too_long {
                true => line = Vec::new(),
                false => line.extend_from_slice(part),
            }
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            match self.bytes_left.checked_sub(used as u64) {
                Some(left) => self.bytes_left = left,
                None => return self.end(Line::TooMuch),
            }
            if end.is_some() {
                return Some(finish(line, is_too_long));
            }
        }
    }
}

fn finish(mut line: Vec<u8>, is_too_long: bool) -> Line {
    if is_too_long {
        return Line::TooLong;
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Line::Text(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(text: &str, line_bytes_max: usize, bytes_max: u64) -> Vec<Line> {
        Lines::new(BufReader::with_capacity(4, text.as_bytes()), line_bytes_max, bytes_max).collect()
    }

    fn text(line: &str) -> Line {
        Line::Text(line.as_bytes().to_vec())
    }

    #[test]
    fn lines_end_as_people_end_them() {
        assert_eq!(lines("one\r\ntwo\n\nthree", 100, 100), [text("one"), text("two"), text(""), text("three")]);
        assert!(lines("", 100, 100).is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_the_next_one_is_read() {
        assert_eq!(lines("short\na very long line\nend\n", 5, 100), [text("short"), Line::TooLong, text("end")]);
    }

    #[test]
    fn a_file_that_is_too_long_ends_with_a_word() {
        assert_eq!(lines("one\ntwo\nthree\n", 100, 8), [text("one"), text("two"), Line::TooMuch]);
    }
}
