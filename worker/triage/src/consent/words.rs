//! A text message as plain words: lower case, no accents, no emoji, with the places where a clause ends.

use unicode_normalization::UnicodeNormalization;

/// The word that stands for the end of a clause: a full stop, comma, question mark, bracket, dash between spaces or a new line.
pub const BREAK: &str = ".";

/// Letters that French writes before an apostrophe. The apostrophe parts two words there ("m'envoyer"); anywhere else it is dropped
/// and the word stays whole ("don't" is "dont").
const ELIDED: [&str; 9] = ["c", "d", "j", "l", "m", "n", "qu", "s", "t"];

/// A letter written this often in a row or more is stretched for effect ("stoooop") and counts once.
const STRETCHED_LETTERS_MIN: usize = 3;

/// The words of `text` in order, and [`BREAK`] where a clause ends: never two in a row, none at either end.
///
/// Case folding, compatibility decomposition (full-width and mathematical letters become plain ones) and accents are handled by
/// Unicode NFKD. Anything that is neither a letter, a digit nor a mark of a clause separates words.
pub fn split(text: &str) -> Vec<String> {
    let mut reader = Reader { words: Vec::with_capacity(text.len() / 4), word: String::new(), spaced: true };
    let mut chars = text.nfkd().peekable();
    while let Some(c) = chars.next() {
        let next_is_word = chars.peek().is_some_and(|next| next.is_alphanumeric());
        reader.take(c, next_is_word);
    }
    reader.finish_word();
    if reader.words.last().is_some_and(|word| word == BREAK) {
        reader.words.pop();
    }
    reader.words
}

struct Reader {
    words: Vec<String>,
    word: String,
    spaced: bool,
}

impl Reader {
    fn take(&mut self, c: char, next_is_word: bool) {
        if c.is_alphanumeric() {
            self.letter(c);
            return;
        }
        match c {
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' => self.apostrophe(next_is_word),
            // A decimal point, a clock time or an amount does not end a clause.
            '.' | ',' | ':' if next_is_word && self.word.ends_with(|last: char| last.is_ascii_digit()) => self.finish_word(),
            '.' | ',' | ':' | ';' | '!' | '?' | '¿' | '¡' | '(' | ')' | '\n' | '\r' | '"' | '“' | '”' | '«' | '»' => {
                self.end_clause()
            }
            '-' | '–' | '—' if self.spaced && !next_is_word => self.end_clause(),
            '\u{0300}'..='\u{036f}' | '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            // "wrong #" is "wrong number"; "#4471" is the number itself.
            '#' if !next_is_word => {
                self.finish_word();
                self.words.push("number".to_owned());
            }
            ' ' | '\t' => {
                self.finish_word();
                self.spaced = true;
            }
            // NFKD writes a spacing accent as a space and a mark, so everything else is a plain separator.
            _ => self.finish_word(),
        }
    }

    fn letter(&mut self, c: char) {
        self.spaced = false;
        match c {
            'ß' | 'ẞ' => self.word.push_str("ss"),
            'œ' | 'Œ' => self.word.push_str("oe"),
            'æ' | 'Æ' => self.word.push_str("ae"),
            _ => self.word.extend(c.to_lowercase()),
        }
    }

    fn apostrophe(&mut self, next_is_word: bool) {
        if next_is_word && ELIDED.contains(&self.word.as_str()) {
            self.finish_word();
        }
    }

    fn end_clause(&mut self) {
        self.finish_word();
        self.spaced = true;
        if self.words.last().is_some_and(|word| word != BREAK) {
            self.words.push(BREAK.to_owned());
        }
    }

    fn finish_word(&mut self) {
        if !self.word.is_empty() {
            let word = std::mem::take(&mut self.word);
            self.words.push(unstretched(word));
        }
    }
}

/// "stoooop" as "stop". Digits stay as they are: 1000 is not a stretched 10.
fn unstretched(word: String) -> String {
    if !word.as_bytes().windows(STRETCHED_LETTERS_MIN).any(|run| run.iter().all(|byte| run.first() == Some(byte))) && word.is_ascii() {
        return word;
    }
    let mut out = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        let mut run = 1usize;
        while rest.next_if_eq(&c).is_some() {
            run += 1;
        }
        let kept = if run >= STRETCHED_LETTERS_MIN && c.is_alphabetic() { 1 } else { run };
        out.extend(std::iter::repeat_n(c, kept));
    }
    out
}
