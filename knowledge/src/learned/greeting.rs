//! Greetings, courtesies and fillers: what people write before they say what they want.

use triage::text::plain;

/// Longer texts are never bare greetings, in words.
pub const WORDS_MAX: usize = 8;

/// Phrases of greeting, longest first within a language, as [`plain`] writes them.
const GREETINGS: &[&str] = &[
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "hello there",
    "hi there",
    "hey there",
    "anyone there",
    "anybody there",
    "is anyone there",
    "is anybody there",
    "is someone there",
    "are you there",
    "you there",
    "u there",
    "anybody home",
    "how are you",
    "how are you doing",
    "how r u",
    "whats up",
    "hello",
    "helo",
    "hallo",
    "hi",
    "hii",
    "hiya",
    "hey",
    "heya",
    "heyy",
    "yo",
    "howdy",
    "morning",
    "greetings",
    "bonjour",
    "bonsoir",
    "salut",
    "coucou",
    "bjr",
    "slt",
    "bsr",
    "il y a quelqu un",
    "y a quelqu un",
    "ca va",
    "allo",
    "hola",
    "buenos dias",
    "buenas tardes",
    "buenas noches",
    "buenas",
    "buen dia",
    "que tal",
    "hay alguien",
    "guten tag",
    "guten morgen",
    "guten abend",
    "gruss gott",
    "gruezi",
    "servus",
    "moin",
    "moin moin",
    "ist da jemand",
    "jemand da",
];

/// Words around a greeting that add nothing.
const ADDRESSES: &[&str] = &[
    "all", "team", "guys", "everyone", "folks", "sir", "madam", "maam", "there", "again", "dear", "please", "pls", "to", "you", "u", "a",
    "tous", "toutes", "monsieur", "madame", "l", "equipe", "vous", "s", "il", "plait", "svp", "senor", "senora", "amigo", "amigos", "a",
    "todos", "equipo", "zusammen", "leute", "liebes", "ihr", "oui",
];

/// Openings that announce a question and are none.
const FILLERS: &[&str] = &[
    "quick q",
    "quick question",
    "i have a question",
    "have a question",
    "got a question",
    "one question",
    "a question",
    "question",
    "can i ask something",
    "can i ask a question",
    "i need help",
    "need help",
    "can you help me",
    "can u help me",
    "can you help",
    "help me",
    "une question",
    "j ai une question",
    "petite question",
    "besoin d aide",
    "una pregunta",
    "tengo una pregunta",
    "una consulta",
    "eine frage",
    "ich habe eine frage",
    "kurze frage",
];

/// Closings and thanks, which ask for nothing.
const COURTESIES: &[&str] = &[
    "no problem",
    "no worries",
    "youre welcome",
    "de rien",
    "je vous en prie",
    "de nada",
    "gern geschehen",
    "thanks a lot",
    "thanks so much",
    "many thanks",
    "thank you so much",
    "thank you very much",
    "thank you",
    "thanks in advance",
    "thanks",
    "thank u",
    "thx",
    "tks",
    "ty",
    "tysm",
    "cheers",
    "have a nice day",
    "have a good day",
    "have a great day",
    "best regards",
    "kind regards",
    "regards",
    "best",
    "sincerely",
    "take care",
    "ok",
    "okay",
    "k",
    "great",
    "perfect",
    "cool",
    "merci beaucoup",
    "merci d avance",
    "merci bien",
    "merci",
    "bonne journee",
    "bonne soiree",
    "cordialement",
    "d accord",
    "muchas gracias",
    "mil gracias",
    "gracias de antemano",
    "gracias",
    "un saludo",
    "saludos",
    "que tenga buen dia",
    "vale",
    "vielen dank",
    "danke schon",
    "danke sehr",
    "danke im voraus",
    "danke",
    "mit freundlichen grussen",
    "viele grusse",
    "liebe grusse",
    "lg",
    "mfg",
    "vg",
];

/// The text greets and says nothing else. Emoji and marks do not count; a text without words is no greeting.
pub fn is_bare_greeting(text: &str) -> bool {
    let plain = plain(&unstretched(text));
    greets_only(&plain)
}

/// [`is_bare_greeting`] of plain words.
fn greets_only(plain: &str) -> bool {
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).take(WORDS_MAX + 1).collect();
    if words.is_empty() || words.len() > WORDS_MAX {
        return false;
    }
    let mut at = 0;
    let mut greets = false;
    while at < words.len() {
        let rest = words.get(at..).unwrap_or_default();
        if let Some(taken) = longest(rest, GREETINGS) {
            greets = true;
            at += taken;
        } else if greets && rest.first().is_some_and(|word| ADDRESSES.contains(word)) {
            at += 1;
        } else {
            return false;
        }
    }
    greets
}

/// The piece is a greeting, an announcement of a question, thanks or a closing: nothing to look up.
pub fn asks_nothing(piece: &str) -> bool {
    says_nothing(piece, &plain(piece))
}

/// [`asks_nothing`] of a piece whose [`plain`] words are known.
pub fn says_nothing(piece: &str, plain: &str) -> bool {
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    // A stretched letter more or less makes no word more or less.
    if words.len() <= WORDS_MAX && is_bare_greeting(piece) {
        return true;
    }
    let mut at = 0;
    while at < words.len() {
        let rest = words.get(at..).unwrap_or_default();
        match longest(rest, GREETINGS).max(longest(rest, FILLERS)).max(longest(rest, COURTESIES)) {
            Some(taken) => at += taken,
            None if at > 0 && rest.first().is_some_and(|word| ADDRESSES.contains(word)) => at += 1,
            None => return false,
        }
    }
    true
}

/// The text without a greeting at its beginning that a mark or a line ends: "Hello, where is it" is "where is it".
pub fn without_greeting(text: &str) -> &str {
    let trimmed = text.trim();
    match trimmed.find([',', '!', '.', '\n', ':', '-', '–']) {
        Some(end) if is_bare_greeting(trimmed.get(..end).unwrap_or_default()) => {
            let rest =
                trimmed.get(end..).unwrap_or_default().trim_start_matches(|c: char| !c.is_alphanumeric() && !"¿¡#$€£\"“«(".contains(c));
            if rest.is_empty() { trimmed } else { rest }
        }
        Some(_) | None => trimmed,
    }
}

/// How many words the longest phrase takes that stands at the beginning.
fn longest(words: &[&str], phrases: &[&str]) -> Option<usize> {
    let first = words.first()?;
    let opens = |phrase: &&&str| phrase.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let taken = phrases.iter().filter(opens).filter_map(|phrase| {
        let count = phrase.split(' ').count();
        let stands = words.len() >= count && phrase.split(' ').zip(words).all(|(a, b)| a == *b);
        stands.then_some(count)
    });
    taken.max()
}

/// "Hellooo" as "Helloo", "heyyy" as "heyy": three of a letter are two.
fn unstretched(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let mut last = out.chars().rev();
        if !(c.is_alphabetic() && last.next() == Some(c) && last.next() == Some(c)) {
            out.push(c);
        }
    }
    out.replace("loo", "lo").replace("laa", "la")
}
