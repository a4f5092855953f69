//! Which language a short text is in.
//!
//! Function words and telling letters first: they work from two or three words on. Trigrams (whatlang) join for longer texts. No
//! answer is better than a wrong one: a text that could be two languages is none.

use crate::language::Language;
use crate::language::function_words::{LANGUAGES, languages_of};
use crate::text::plain;
use std::collections::HashMap;
use std::sync::LazyLock;
use whatlang::{Detector, Lang};

/// A language needs so many points to be named.
pub const POINTS_MIN: f32 = 0.9;
/// And so many more than the next one.
pub const LEAD_MIN: f32 = 0.3;
/// Trigrams are asked from so many letters on.
pub const TRIGRAM_LETTERS_MIN: usize = 20;
/// Points that trigrams give when they are wholly confident.
pub const TRIGRAM_POINTS: f32 = 1.5;
/// More than the sum of points can be off by rounding.
const ROUNDING: f32 = 0.01;
/// A piece of a word counts so many times at most.
const PIECE_TIMES_MAX: u8 = 3;
/// Only so many characters are read.
pub const CHARS_MAX: usize = 600;

/// Letters and the languages that write them, with points for each kind of letter that stands in the text.
const LETTERS: [(&str, &[&str], f32); 12] = [
    ("ñ¿¡", &["es"], 1.2),
    ("ßẞ", &["de"], 1.2),
    ("äö", &["de"], 0.8),
    ("ü", &["de", "es"], 0.4),
    ("œêèùûîëçâà", &["fr", "pt", "it"], 0.45),
    ("œêèùûîë", &["fr"], 0.4),
    ("é", &["fr", "es", "pt"], 0.35),
    ("áíóú", &["es", "pt"], 0.45),
    ("ãõ", &["pt"], 1.2),
    ("ìò", &["it"], 0.8),
    ("«", &["fr"], 0.3),
    ("„", &["de"], 0.5),
];

/// Beginnings and ends of words (with a blank) and inner letters that tell a language, on folded words.
const PIECES: &[(&str, &str, f32)] = &[
    ("th", "en", 0.25),
    (" wh", "en", 0.35),
    ("sh", "en", 0.15),
    ("ing ", "en", 0.4),
    ("ght", "en", 0.35),
    ("ck ", "en", 0.2),
    ("ly ", "en", 0.25),
    ("tion ", "en", 0.1),
    ("ould", "en", 0.4),
    ("tion ", "fr", 0.2),
    ("eau", "fr", 0.35),
    ("aux ", "fr", 0.35),
    ("ez ", "fr", 0.3),
    ("eur", "fr", 0.3),
    ("oir", "fr", 0.25),
    ("ois", "fr", 0.2),
    ("ement ", "fr", 0.3),
    ("ais ", "fr", 0.3),
    (" l ", "fr", 0.4),
    (" d ", "fr", 0.3),
    (" qu ", "fr", 0.5),
    (" j ", "fr", 0.4),
    (" c est", "fr", 0.6),
    ("cion ", "es", 0.5),
    ("ado ", "es", 0.3),
    ("ando ", "es", 0.25),
    ("iendo ", "es", 0.5),
    ("mos ", "es", 0.25),
    ("ue", "es", 0.05),
    ("idad ", "es", 0.5),
    ("ción", "es", 0.5),
    ("sch", "de", 0.4),
    ("ung ", "de", 0.4),
    ("cht", "de", 0.35),
    ("ich ", "de", 0.3),
    ("zu", "de", 0.2),
    (" ge", "de", 0.1),
    ("keit ", "de", 0.5),
    ("ao ", "pt", 0.25),
    ("cao ", "pt", 0.5),
    ("zione ", "it", 0.5),
    ("ij", "nl", 0.4),
];

/// The language of a text, or none when the text does not tell.
pub fn detect(text: &str) -> Option<Language> {
    let text: String = text.chars().take(CHARS_MAX).collect();
    let text = without_links(&text);
    if let Some(other) = other_script(&text) {
        return other;
    }
    let mut points = points(&text);
    let by_words = Lead::of(&points)?;
    if by_words.lead > LEAD_MIN + TRIGRAM_POINTS + ROUNDING {
        return by_words.language(); // trigrams could not turn it
    }
    if text.chars().filter(|c| c.is_alphabetic()).count() >= TRIGRAM_LETTERS_MIN {
        add_trigrams(&text, &mut points);
    }
    Lead::of(&points)?.language()
}

/// The language with the most points.
struct Lead {
    place: usize,
    points: f32,
    /// Points more than the next one has.
    lead: f32,
}

impl Lead {
    fn of(points: &[f32; LANGUAGES.len()]) -> Option<Self> {
        let best = points.iter().copied().fold(0.0f32, f32::max);
        let place = points.iter().position(|p| *p >= best)?;
        let second = points.iter().enumerate().filter(|(other, _)| *other != place).fold(0.0f32, |second, (_, p)| second.max(*p));
        Some(Lead { place, points: best, lead: best - second })
    }

    /// The language, when its lead is enough.
    fn language(&self) -> Option<Language> {
        let code = LANGUAGES.get(self.place)?;
        (self.points >= POINTS_MIN && self.lead >= LEAD_MIN).then(|| Language::parse(code).ok())?
    }
}

/// Links and addresses say nothing about the language.
fn without_links(text: &str) -> String {
    let is_word = |word: &&str| !word.contains("://") && !word.contains('@') && !word.starts_with("www.");
    text.split_whitespace().filter(is_word).collect::<Vec<_>>().join(" ")
}

/// A text in another script than Latin: its language, or none. The outer option is absent for Latin and for no letters.
fn other_script(text: &str) -> Option<Option<Language>> {
    let script = whatlang::detect_script(text)?;
    if script == whatlang::Script::Latin {
        return None;
    }
    let codes = [
        (Lang::Rus, "ru"),
        (Lang::Ukr, "uk"),
        (Lang::Ell, "el"),
        (Lang::Heb, "he"),
        (Lang::Ara, "ar"),
        (Lang::Pes, "fa"),
        (Lang::Urd, "ur"),
        (Lang::Hin, "hi"),
        (Lang::Ben, "bn"),
        (Lang::Tha, "th"),
        (Lang::Cmn, "zh"),
        (Lang::Jpn, "ja"),
        (Lang::Kor, "ko"),
    ];
    let lang = Detector::with_allowlist(codes.iter().map(|(lang, _)| *lang).collect()).detect_lang(text);
    Some(codes.iter().find(|(other, _)| Some(*other) == lang).and_then(|(_, code)| Language::parse(code).ok()))
}

fn points(text: &str) -> [f32; LANGUAGES.len()] {
    let mut points = [0.0; LANGUAGES.len()];
    let plain = plain(text);
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        let mask = languages_of(word);
        let share = 1.0 / (mask.count_ones().max(1) as f32);
        let weight = if word.len() == 1 { 0.3 } else { 1.0 };
        for (bit, points) in points.iter_mut().enumerate() {
            if mask & (1 << bit) != 0 {
                *points += share * weight;
            }
        }
    }
    for (times, (_, code, weight)) in pieces_in(&format!(" {plain} ")).into_iter().zip(PIECES.iter().copied()) {
        add(&mut points, code, weight * f32::from(times.min(PIECE_TIMES_MAX)));
    }
    // None of the letters is an ASCII one.
    let lower = if text.is_ascii() { String::new() } else { text.to_lowercase() };
    for (letters, codes, weight) in LETTERS {
        if lower.contains(|c| letters.contains(c)) {
            codes.iter().for_each(|code| add(&mut points, code, weight));
        }
    }
    points
}

/// The places of the pieces in their list, by their first byte.
static BY_BYTE: LazyLock<HashMap<u8, Vec<usize>>> = LazyLock::new(|| {
    let mut by_byte: HashMap<u8, Vec<usize>> = HashMap::new();
    for (place, (piece, _, _)) in PIECES.iter().enumerate() {
        piece.bytes().next().into_iter().for_each(|byte| by_byte.entry(byte).or_default().push(place));
    }
    by_byte
});

/// How often each piece stands in a text, without overlaps: one pass for all of them.
fn pieces_in(text: &str) -> [u8; PIECES.len()] {
    let (mut times, mut free_from) = ([0u8; PIECES.len()], [0usize; PIECES.len()]);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        for place in BY_BYTE.get(byte).into_iter().flatten() {
            let Some((piece, _, _)) = PIECES.get(*place) else { continue };
            if at >= free_from[*place] && bytes.get(at..).is_some_and(|rest| rest.starts_with(piece.as_bytes())) {
                times[*place] = times[*place].saturating_add(1);
                free_from[*place] = at + piece.len();
            }
        }
    }
    times
}

fn add_trigrams(text: &str, points: &mut [f32; LANGUAGES.len()]) {
    let known = [Lang::Eng, Lang::Fra, Lang::Spa, Lang::Deu, Lang::Por, Lang::Ita, Lang::Nld];
    if let Some(info) = Detector::with_allowlist(known.to_vec()).detect(text)
        && let Some(place) = known.iter().position(|lang| *lang == info.lang())
        && let Some(points) = points.get_mut(place)
    {
        *points += TRIGRAM_POINTS * info.confidence() as f32;
    }
}

fn add(points: &mut [f32; LANGUAGES.len()], code: &str, weight: f32) {
    if weight > 0.0
        && let Some(place) = LANGUAGES.iter().position(|other| *other == code)
        && let Some(points) = points.get_mut(place)
    {
        *points += weight;
    }
}
