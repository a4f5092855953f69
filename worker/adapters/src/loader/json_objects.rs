//! The objects of a JSON file of any size, one at a time: one after another (JSON Lines), in an array, or in the first array of a
//! wrapping object (`{"conversations": [ … ]}`), as exports write them.

use std::io::Read;

/// The largest object, in bytes.
pub const OBJECT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes read at once.
const BUFFER_BYTES: usize = 64 * 1024;
/// Bytes at the start of a file that show its form.
const HEAD_BYTES: usize = 256;
/// Names of the array in a wrapping object.
const WRAPPERS: [&str; 5] = ["conversations", "tickets", "results", "data", "items"];

/// One object, or why there is none.
#[derive(PartialEq, Eq, Debug)]
pub enum Object {
    /// Its bytes.
    Text(Vec<u8>),
    /// It is longer than the limit; it was skipped.
    TooLong,
    /// The file cannot be read on, or ends in the middle; this is the last one.
    Broken,
}

/// Reads objects.
pub struct Objects<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    is_over: bool,
    is_started: bool,
}

impl<R: Read> Objects<R> {
    /// The objects of a file.
    pub fn new(input: R) -> Self {
        Objects { input, buffer: Vec::new(), at: 0, is_over: false, is_started: false }
    }

    /// The next byte, if there is one.
    fn byte(&mut self) -> Result<Option<u8>, ()> {
        if self.at == self.buffer.len() {
            self.buffer.resize(BUFFER_BYTES, 0);
            let read = self.input.read(&mut self.buffer).map_err(|_| ())?;
            self.buffer.truncate(read);
            self.at = 0;
        }
        let byte = self.buffer.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Steps over `{"conversations": [` where the file begins so.
    fn unwrap_first(&mut self) -> Result<(), ()> {
        self.is_started = true;
        let Some(first) = self.byte()? else { return Ok(()) };
        self.at -= 1;
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let head = String::from_utf8_lossy(rest.get(..HEAD_BYTES).unwrap_or(rest)).into_owned();
        let bare: String = head.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect();
        let is_wrapper = WRAPPERS.iter().any(|name| bare.starts_with(&format!("{{\"{name}\":[")));
        if is_wrapper || first == b'[' {
            while self.byte()?.is_some_and(|byte| byte != b'[') {}
        }
        Ok(())
    }

    /// The bytes from `{` to the brace that closes it.
    fn object(&mut self) -> Result<Option<Object>, ()> {
        if !self.is_started {
            self.unwrap_first()?;
        }
        loop {
            match self.byte()? {
                None => return Ok(None),
                Some(b'{') => break,
                Some(_) => {}
            }
        }
        let (mut text, mut depth, mut in_string, mut is_escaped) = (vec![b'{'], 1usize, false, false);
        while depth > 0 {
            let Some(byte) = self.byte()? else { return Ok(Some(Object::Broken)) };
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_string => is_escaped = true,
                b'"' => in_string = !in_string,
                b'{' if !in_string => depth += 1,
                b'}' if !in_string => depth -= 1,
                _ => {}
            }
            if text.len() <= OBJECT_BYTES_MAX {
                text.push(byte);
            }
        }
        Ok(Some(if text.len() > OBJECT_BYTES_MAX { Object::TooLong } else { Object::Text(text) }))
    }
}

impl<R: Read> Iterator for Objects<R> {
    type Item = Object;

    fn next(&mut self) -> Option<Object> {
        if self.is_over {
            return None;
        }
        let object = self.object().unwrap_or(Some(Object::Broken));
        self.is_over = object.as_ref().is_none_or(|object| *object == Object::Broken);
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        Objects::new(text.as_bytes())
            .map(|object| match &object {
                Object::Text(bytes) => String::from_utf8(bytes.clone()).unwrap(),
                Object::TooLong | Object::Broken => format!("{object:?}"),
            })
            .collect()
    }

    #[test]
    fn objects_are_found_in_all_three_forms() {
        let (one, two) = (r#"{"a":"}{\"","b":[{"c":1}]}"#, r#"{"a":2}"#);
        for text in [format!("{one}\n{two}\n"), format!("[{one}, {two}]"), format!("{{ \"conversations\": [{one},\n{two}], \"pages\": 1}}")]
        {
            assert_eq!(read(&text), [one, two], "{text}");
        }
        assert!(read("").is_empty());
        assert_eq!(read("[{\"a\":1}, {\"b\":"), ["{\"a\":1}", "Broken"]);
    }
}
