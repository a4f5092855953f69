//! Cuts a text into the pieces of a fixed vocabulary: basic cleaning and splitting, then the longest known piece first.
//!
//! It follows the uncased BERT tokenizer (Devlin et al. 2018; Wu et al. 2016 for the pieces): lower case, accents gone, marks and
//! CJK characters stand alone, a word with an unknown part is unknown. It differs where phones do: curly quotes count as straight
//! ones, and a symbol or emoji parts words, so that "ok👍" is still "ok".

use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer word is unknown as a whole.
pub const WORD_CHARS_MAX: usize = 100;
/// What stands before a piece that does not begin a word.
const INNER: &str = "##";

/// Piece to its place in the table.
#[derive(Debug, Default)]
pub struct Vocabulary {
    starts: HashMap<Box<str>, u32>,
    inner: HashMap<Box<str>, u32>,
    /// Bytes of the longest piece.
    longest: usize,
}

impl Vocabulary {
    /// Pieces in the order of their places; "##" marks a piece inside a word.
    pub fn new<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Self {
        let mut vocabulary = Vocabulary::default();
        for (place, piece) in (0u32..).zip(pieces) {
            let (map, text) = match piece.strip_prefix(INNER) {
                Some(rest) if !rest.is_empty() => (&mut vocabulary.inner, rest),
                Some(_) | None => (&mut vocabulary.starts, piece),
            };
            vocabulary.longest = vocabulary.longest.max(text.len());
            map.insert(text.into(), place);
        }
        vocabulary
    }

    /// The places of a text's pieces, in their order; unknown words are left out.
    pub fn places(&self, text: &str) -> Vec<u32> {
        let mut places = Vec::with_capacity(text.len() / 4 + 1);
        for word in words(text) {
            self.push_word(&word, &mut places);
        }
        places
    }

    /// Adds all pieces of a word, or none when a part of it is unknown.
    fn push_word(&self, word: &str, places: &mut Vec<u32>) {
        if word.chars().count() > WORD_CHARS_MAX {
            return;
        }
        let before = places.len();
        let mut rest = word;
        while !rest.is_empty() {
            let map = if rest.len() == word.len() { &self.starts } else { &self.inner };
            let Some((place, length)) = self.longest_piece(map, rest) else {
                places.truncate(before);
                return;
            };
            places.push(place);
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn longest_piece(&self, map: &HashMap<Box<str>, u32>, rest: &str) -> Option<(u32, usize)> {
        let most = rest.len().min(self.longest);
        (1..=most).rev().find_map(|length| {
            let piece = rest.get(..length)?;
            map.get(piece).map(|place| (*place, length))
        })
    }
}

/// Words and single marks, lower case and without accents. Invisible characters are as if they were not there.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)) {
        if c.is_whitespace() {
            close(&mut word, &mut words);
        } else if !c.is_alphanumeric() || is_cjk(c) {
            close(&mut word, &mut words);
            words.push(straight(c).to_string());
        } else {
            word.push(c);
        }
    }
    close(&mut word, &mut words);
    words
}

/// Phones write curly quotes where keyboards write straight ones.
fn straight(c: char) -> char {
    match c {
        '’' | '‘' | '´' | '`' | '′' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        other => other,
    }
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
}

/// The blocks of CJK ideographs, which are written without spaces.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

fn close(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&'static str> {
        const KNOWN: [&str; 14] = ["re", "##fund", "##s", "fund", "where", "is", "'", "\"", "?", "cafe", "ok", "$", "25", "."];
        let places = Vocabulary::new(KNOWN).places(text);
        places.iter().filter_map(|place| KNOWN.get(*place as usize).copied()).collect()
    }

    #[test]
    fn the_longest_known_piece_comes_first() {
        let cases: [(&str, &[&str]); 10] = [
            ("Refunds?", &["re", "##fund", "##s", "?"]),
            ("funds", &["fund", "##s"]),
            ("WHERE  is\n", &["where", "is"]),
            ("café CAFE\u{301}", &["cafe", "cafe"]),
            ("ok’s", &["ok", "'"]),
            ("ok👍", &["ok"]),
            ("«ok»", &["\"", "ok", "\""]),
            ("$25.", &["$", "25", "."]),
            ("o\u{200b}k", &["ok"]),
            ("rest is", &["is"]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_without_a_known_word_have_no_pieces() {
        let long = "re".to_owned() + &"s".repeat(WORD_CHARS_MAX);
        for text in ["", " \t", "👋", "注文", "xyzzy", "##s", long.as_str()] {
            assert!(pieces(text).is_empty(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_cut(text in ".*") {
            let vocabulary = Vocabulary::new(["a", "##a", "é", "é", "1"]);
            let places = vocabulary.places(&text);
            proptest::prop_assert!(places.iter().all(|place| *place < 5));
        }
    }
}
