//! The separate asks of a turn.
//!
//! A turn is cut at line breaks (each is a message of a burst), at sentences, at words that add another question ("also",
//! "et aussi", "y también", "außerdem") and where a comma or an "and" joins two questions ([`crate::learned::joins`]). Greetings, thanks and closings are dropped. What only gives the background of a question
//! stays with it, and fragments of one sentence are joined again.

use crate::learned::greeting::{asks_nothing, is_bare_greeting, without_greeting};
use crate::learned::joins::{joint, leans_back};
use regex::Regex;
use std::sync::LazyLock;
use triage::language::function_words::is_function_word;
use triage::sms::sentence;
use triage::text::plain;

/// More asks than this are joined with the last one.
pub const ASKS_MAX: usize = 6;

/// A piece with fewer words of meaning leans on the piece before it ("and orchard?").
const OWN_CONTENT_WORDS_MIN: usize = 2;

/// What opens another ask inside a sentence.
static ADDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:[,;.]\s*|\s)(?:and\s+also|also,|and\s+another\s+(?:thing|question)|another\s+question|one\s+more\s+(?:thing|question)|",
        r"plus\s+also|et\s+aussi|et\s+puis|et\s+également|et\s+egalement|autre\s+question|y\s+tambi[eé]n|y\s+adem[aá]s|otra\s+pregunta|",
        r"und\s+(?:auch|außerdem|ausserdem)|außerdem|noch\s+eine\s+frage)[:,]?\s+",
    ))
    .ok()
});

/// What opens another ask at the beginning of a piece.
static OPENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:and\s+also|also|another\s+(?:thing|question)|one\s+more\s+(?:thing|question)|et\s+aussi|aussi|autre\s+question|",
        r"y\s+tambi[eé]n|tambi[eé]n|adem[aá]s|otra\s+pregunta|und\s+auch|außerdem|ausserdem|noch\s+eine\s+frage)\b[:,]?\s+",
    ))
    .ok()
});

/// Words at the beginning of a question or a request, as [`plain`] writes them.
const QUESTION_OPENERS: &[&str] = &[
    "what",
    "whats",
    "wat",
    "when",
    "whens",
    "where",
    "wheres",
    "who",
    "whose",
    "why",
    "which",
    "how",
    "hows",
    "is",
    "are",
    "am",
    "was",
    "were",
    "do",
    "does",
    "did",
    "can",
    "could",
    "will",
    "would",
    "should",
    "may",
    "have",
    "has",
    "any",
    "need",
    "want",
    "i need",
    "i want",
    "i would like",
    "id like",
    "i wanna",
    "please",
    "pls",
    "tell",
    "send",
    "cancel",
    "change",
    "comment",
    "combien",
    "quand",
    "ou",
    "pourquoi",
    "quel",
    "quelle",
    "quels",
    "quelles",
    "est",
    "puis",
    "pouvez",
    "peut",
    "peux",
    "je voudrais",
    "je veux",
    "j aimerais",
    "avez",
    "y a",
    "qui",
    "que",
    "qu",
    "cual",
    "cuales",
    "cuando",
    "cuanto",
    "cuanta",
    "cuantos",
    "donde",
    "como",
    "por que",
    "puedo",
    "pueden",
    "puede",
    "tienen",
    "hay",
    "quiero",
    "quisiera",
    "necesito",
    "wann",
    "wie",
    "wo",
    "was kostet",
    "warum",
    "wer",
    "welche",
    "kann",
    "konnen",
    "haben",
    "gibt",
    "a quelle heure",
    "livrez",
    "faites",
    "a que hora",
    "cuantas",
    "me pueden",
    "se puede",
    "hacen",
    "abren",
    "habt",
    "darf",
    "ist",
    "sind",
    "ab wann",
    "bis wann",
    "um wie viel uhr",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A question or a request.
    Question,
    /// Background: says something and asks nothing.
    Statement,
}

struct Piece {
    text: String,
    kind: Kind,
    /// An adding word stood before it: it is an ask of its own.
    is_added: bool,
    /// It was joined to the question before it in one sentence: it is an ask of its own, and may lean on that question's words.
    is_joined: bool,
    /// It ends in a mark or is a whole sentence; else what follows in the burst may go on with it.
    is_closed: bool,
}

/// The asks of a turn, in order; empty only for a bare greeting and an empty text.
pub fn asks(text: &str) -> Vec<String> {
    let text = text.trim();
    if is_bare_greeting(text) || text.is_empty() {
        return Vec::new();
    }
    let pieces = joined(pieces(text));
    let mut asks: Vec<String> = Vec::new();
    let mut background = String::new();
    let any_question = pieces.iter().any(|piece| piece.kind == Kind::Question);
    for piece in pieces {
        let stands_alone = piece.is_added || asks.len() < ASKS_MAX;
        match piece.kind {
            Kind::Statement if piece.is_added => asks.push(piece.text),
            Kind::Statement if any_question && asks.is_empty() => append(&mut background, &piece.text),
            Kind::Statement => append_last(&mut asks, &piece.text),
            Kind::Question if piece.is_joined && stands_alone && !asks.is_empty() => {
                let before = if leans_back(&piece.text) { asks.last().map_or("", String::as_str) } else { "" };
                let mut ask = before.to_owned();
                append(&mut ask, &piece.text);
                asks.push(ask);
            }
            Kind::Question if !stands_alone || leans(&piece) && !asks.is_empty() => append_last(&mut asks, &piece.text),
            Kind::Question if piece.is_added && !background.is_empty() => {
                asks.push(std::mem::take(&mut background));
                asks.push(piece.text);
            }
            Kind::Question => {
                append(&mut background, &piece.text);
                asks.push(std::mem::take(&mut background));
            }
        }
    }
    if !background.is_empty() {
        asks.push(background);
    }
    if asks.is_empty() {
        asks.push(text.to_owned());
    }
    asks
}

/// Cuts at line breaks, sentences and adding words; drops what asks nothing.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for span in sentence::sentences(text) {
        let mut rest = without_greeting(span);
        let mut is_added = false;
        while !rest.is_empty() {
            if let Some(opened) = OPENS.as_ref().and_then(|pattern| pattern.find(rest)) {
                is_added = true;
                rest = rest.get(opened.end()..).unwrap_or_default();
            }
            let cut = ADDS.as_ref().and_then(|pattern| pattern.find(rest)).filter(|cut| cut.start() > 0);
            let head = cut.map_or(rest, |cut| rest.get(..cut.start()).unwrap_or(rest)).trim();
            let is_closed = cut.is_some() || head.ends_with(['.', '!', '?', '…']);
            questions(head, is_added, is_closed, &mut pieces);
            is_added = cut.is_some();
            rest = cut.map_or("", |cut| rest.get(cut.end()..).unwrap_or_default());
        }
    }
    pieces
}

/// The questions that a comma or an "and" joins, one a piece; what asks nothing is left out.
fn questions(mut text: &str, mut is_added: bool, is_closed: bool, pieces: &mut Vec<Piece>) {
    let mut is_joined = false;
    while !text.is_empty() {
        let (end, start) = joint(text).filter(|(end, _)| is_question(text, *end)).unwrap_or((text.len(), text.len()));
        let (head, rest) = (text.get(..end).unwrap_or(text).trim(), text.get(start..).unwrap_or_default());
        if !head.is_empty() && !asks_nothing(head) {
            pieces.push(Piece { text: head.to_owned(), kind: kind(head), is_added, is_joined, is_closed: is_closed || !rest.is_empty() });
            (is_added, is_joined) = (false, true);
        }
        text = rest;
    }
}

/// What stands before a joint asks something itself; else it is the background of what follows.
fn is_question(text: &str, end: usize) -> bool {
    text.get(..end).is_some_and(|head| kind(head.trim()) == Kind::Question && content_words(head) > 0 && !asks_nothing(head))
}

fn kind(piece: &str) -> Kind {
    let plain = plain(piece);
    let spaced = format!("{plain} ");
    let opens = QUESTION_OPENERS.iter().any(|opener| spaced.strip_prefix(opener).is_some_and(|rest| rest.starts_with(' ')));
    if opens || piece.contains('?') { Kind::Question } else { Kind::Statement }
}

/// Joins what one sentence was broken into over several messages: the first is open and the second begins small with no question.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match out.last_mut() {
            Some(last) if !last.is_closed && !piece.is_added && goes_on(last, &piece) => {
                append(&mut last.text, &piece.text);
                last.is_closed = piece.is_closed;
                if piece.kind == Kind::Question {
                    last.kind = Kind::Question;
                }
            }
            Some(_) | None => out.push(piece),
        }
    }
    out
}

/// The second fragment belongs to the sentence of the first.
fn goes_on(first: &Piece, second: &Piece) -> bool {
    let begins_small = second.text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
    let first_is_scrap = content_words(&first.text) < OWN_CONTENT_WORDS_MIN;
    let ends_in_function_word = plain(&first.text).split(' ').next_back().is_some_and(is_function_word);
    begins_small
        && (first_is_scrap
            || ends_in_function_word
            || second.kind == Kind::Statement && content_words(&second.text) < OWN_CONTENT_WORDS_MIN)
}

/// Too little of its own to be looked up.
fn leans(piece: &Piece) -> bool {
    !piece.is_added && content_words(&piece.text) < OWN_CONTENT_WORDS_MIN
}

fn content_words(text: &str) -> usize {
    plain(text).split(' ').filter(|word| !word.is_empty() && !is_function_word(word)).count()
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

fn append_last(asks: &mut Vec<String>, more: &str) {
    match asks.last_mut() {
        Some(last) => append(last, more),
        None => asks.push(more.to_owned()),
    }
}
