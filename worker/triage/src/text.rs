//! Texts made comparable: one case, no accents, plain letters.

use crate::language::function_words;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters that French and Italian write before an apostrophe; there it parts two words ("l'ordre"), elsewhere it does not ("don't").
const ELIDED: [&str; 10] = ["c", "d", "j", "l", "m", "n", "qu", "s", "t", "un"];

/// Words are compared by at most so many of their first letters: "returning" and "returned" are near enough to be one.
const STEM_LETTERS_MAX: usize = 6;

/// Stems that differ by so many last letters are one: "ship" and "shipp", "ouver" and "ouvert".
const STEM_SLACK_LETTERS: usize = 2;

/// A stem shorter than this is compared whole.
const STEM_LETTERS_MIN: usize = 4;

/// Lower case, compatibility forms undone (NFKD), accents gone, ligatures written out, curly apostrophes straight.
pub fn fold(text: &str) -> String {
    if text.is_ascii() && !text.contains('`') {
        return text.to_ascii_lowercase(); // most texts: nothing to decompose
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)) {
        match c {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            '’' | '‘' | '`' | '´' | 'ʼ' | '′' => folded.push('\''),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The words of a text, folded, with one space between them and nothing else: "Où est l'ordre #5?" is "ou est l ordre 5".
pub fn plain(text: &str) -> String {
    let folded = fold(text);
    let mut plain = String::with_capacity(folded.len());
    let mut word_start = 0;
    let mut chars = folded.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() {
            plain.push(c);
            continue;
        }
        let word = plain.get(word_start..).unwrap_or_default();
        let joins = c == '\'' && chars.peek().is_some_and(|next| next.is_alphanumeric()) && !ELIDED.contains(&word);
        if !joins && !word.is_empty() {
            plain.push(' ');
            word_start = plain.len();
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// [`plain`] with every digit as 0: order numbers are alike.
pub fn plain_without_digits(text: &str) -> String {
    plain(text).chars().map(|c| if c.is_numeric() { '0' } else { c }).collect()
}

/// The stems of the words that carry meaning, in their order. Numbers count as such words.
pub fn content_stems(text: &str) -> Vec<String> {
    stems_of_plain(&plain(text))
}

/// [`content_stems`] of a text that is [`plain`] already.
pub fn stems_of_plain(plain: &str) -> Vec<String> {
    plain.split(' ').filter(|word| !word.is_empty() && !function_words::is_function_word(word)).map(|word| stem(word).to_owned()).collect()
}

/// A word cut to what its forms share: a rough rule for all languages at once.
pub fn stem(word: &str) -> &str {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return word;
    }
    let letters = word.chars().count();
    let bare = if letters > STEM_LETTERS_MIN { word.trim_end_matches(['s', 'e', 'x']) } else { word.strip_suffix('s').unwrap_or(word) };
    let end = bare.char_indices().nth(STEM_LETTERS_MAX).map_or(bare.len(), |(end, _)| end);
    bare.get(..end).unwrap_or(bare)
}

/// Two stems of one word: equal, or one begins with the other and little follows.
pub fn same_stem(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short == long {
        return true;
    }
    let is_word = short.chars().count() >= STEM_LETTERS_MIN && !short.starts_with(|c: char| c.is_ascii_digit());
    is_word && long.strip_prefix(short).is_some_and(|rest| rest.chars().count() <= STEM_SLACK_LETTERS)
}

/// All white space as single spaces, none at the ends.
pub fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_spaced() {
        let cases = [
            ("Où est l'ordre #5?", "ou est l ordre 5"),
            ("I don't know", "i dont know"),
            ("I don’t know", "i dont know"),
            ("  ¿Cuándo?  ", "cuando"),
            ("Größe 44½", "grosse 441 2"),
            ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
            ("", ""),
            ("👋", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn digits_can_be_hidden() {
        assert_eq!(plain_without_digits("order 48019"), "order 00000");
    }

    #[test]
    fn forms_of_one_word_share_their_stem() {
        for (a, b) in [("return", "returns"), ("returning", "returned"), ("ship", "shipping"), ("tienda", "tiendas")] {
            assert!(same_stem(stem(a), stem(b)) || stem(a).starts_with(stem(b)) || stem(b).starts_with(stem(a)), "{a} {b}");
        }
        for (a, b) in [("open", "order"), ("10", "100"), ("car", "card")] {
            assert!(!same_stem(stem(a), stem(b)), "{a} {b}");
        }
    }
}
