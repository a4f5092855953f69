//! Words that our own texts must never offer as an answer. "Reply CANCEL to cancel your order" unsubscribes whoever follows it, and
//! "Reply YES" is taken by the carrier as a start.

use unicode_segmentation::UnicodeSegmentation;

use super::detect::Consent;
use super::{keyword, words};

/// Words that ask for an answer, folded as in `words`.
const ASKS_FOR_ANSWER: [&str; 18] = [
    "reply",
    "replying",
    "respond",
    "answer",
    "repondez",
    "repondre",
    "reponds",
    "repondant",
    "responda",
    "responde",
    "respondan",
    "responder",
    "respondiendo",
    "conteste",
    "contesta",
    "antworten",
    "antworte",
    "antwortet",
];

/// Words that may ask for an answer: only a word in capitals or quotes, or after one of [`INTRODUCES`], is offered by them
/// ("send CANCEL", "text the word stop", but not "we will send info").
const MAY_ASK: [&str; 24] = [
    "text",
    "texting",
    "txt",
    "send",
    "sending",
    "type",
    "write",
    "say",
    "enter",
    "envoyez",
    "envoyer",
    "tapez",
    "ecrivez",
    "dites",
    "envie",
    "envia",
    "envien",
    "escriba",
    "escribe",
    "diga",
    "senden",
    "sende",
    "schreiben",
    "schicken",
];

/// Words that introduce the word offered.
const INTRODUCES: [&str; 10] = ["with", "word", "by", "par", "avec", "mot", "con", "palabra", "mit", "wort"];

/// Other words that may stand between the request and the word offered.
const LINKS: [&str; 14] =
    ["back", "the", "a", "us", "either", "just", "only", "le", "la", "dem", "sie", "einfach", "simplemente", "simplement"];

/// Words that tell an honest notice ("Reply STOP to unsubscribe", "HELP for help") from a trap.
const NOTICE: [&str; 42] = [
    "unsubscribe",
    "optout",
    "out",
    "texts",
    "messages",
    "texting",
    "messaging",
    "sms",
    "receiving",
    "resubscribe",
    "subscribe",
    "again",
    "back",
    "help",
    "info",
    "information",
    "desabonner",
    "desinscrire",
    "recevoir",
    "abonner",
    "reabonner",
    "aide",
    "mensajes",
    "recibir",
    "baja",
    "suscribirse",
    "ayuda",
    "nachrichten",
    "abmelden",
    "anmelden",
    "hilfe",
    "abzumelden",
    "abbestellen",
    "rejoin",
    "optin",
    "in",
    "stopping",
    "textos",
    "messaggi",
    "alerts",
    "notifications",
    "plus",
];

/// Words with one meaning only, for which such a notice is honest. CANCEL, END, QUIT, YES and the like are never offered.
const HONEST: [&str; 16] = [
    "stop",
    "stopall",
    "unsubscribe",
    "optout",
    "start",
    "unstop",
    "help",
    "arret",
    "desabonner",
    "aide",
    "alto",
    "baja",
    "ayuda",
    "stopp",
    "abmelden",
    "hilfe",
];

/// How many words after the offered word the notice may take to say what it is for.
const NOTICE_WORDS_MAX: usize = 6;

/// The first reserved word that `reply` offers as an answer to give, in capitals; `None` when it offers none.
///
/// A word is offered when a sentence asks for an answer ("reply", "text", "répondez", "responda", "antworten Sie") and the word either
/// follows directly ("reply with yes") or stands in the sentence in capitals or quotes ("reply 1 to keep it, CANCEL to cancel"). The
/// notice that carriers ask for ("Reply STOP to unsubscribe, HELP for help") is no trap and passes.
pub fn offers_reserved_word(reply: &str) -> Option<String> {
    reply.unicode_sentences().find_map(offered_in)
}

fn offered_in(sentence: &str) -> Option<String> {
    let mut before = "";
    let mut spoken = Vec::new();
    for word in sentence.split_word_bounds() {
        spoken.extend(Spoken::read(before, word));
        before = word;
    }
    let asks = spoken.iter().any(|word| word.is_one_of(&ASKS_FOR_ANSWER) || word.is_one_of(&MAY_ASK));
    if !asks {
        return None;
    }
    let offered = spoken.iter().enumerate().find(|(at, word)| {
        let reserved = is_reserved(&word.folded) && (word.capitals || word.quoted || follows_request(&spoken, *at));
        reserved && !is_notice(&spoken, *at)
    });
    offered.map(|(_, word)| word.folded.to_uppercase())
}

/// One word as it stands in our reply.
struct Spoken {
    folded: String,
    capitals: bool,
    quoted: bool,
}

impl Spoken {
    fn read(before: &str, word: &str) -> Option<Self> {
        let folded = words::split(word).concat();
        if folded.is_empty() || folded == words::BREAK {
            return None;
        }
        let capitals = word.chars().any(char::is_alphabetic) && word.chars().all(|c| !c.is_lowercase());
        let quoted = before.ends_with(['"', '\'', '“', '‘', '«', '„', '*']);
        Some(Self { folded, capitals, quoted })
    }

    fn is_one_of(&self, list: &[&str]) -> bool {
        list.contains(&self.folded.as_str())
    }
}

fn is_reserved(folded: &str) -> bool {
    match keyword::kind(folded) {
        Some(Consent::Stop(_) | Consent::Start(_) | Consent::Help(_)) => true,
        None => false,
    }
}

fn follows_request(spoken: &[Spoken], at: usize) -> bool {
    let mut introduced = false;
    for word in spoken.get(..at).unwrap_or_default().iter().rev() {
        if word.is_one_of(&ASKS_FOR_ANSWER) {
            return true;
        }
        if word.is_one_of(&MAY_ASK) {
            return introduced;
        }
        introduced |= word.is_one_of(&INTRODUCES);
        if !word.is_one_of(&INTRODUCES) && !word.is_one_of(&LINKS) {
            return false;
        }
    }
    false
}

fn is_notice(spoken: &[Spoken], at: usize) -> bool {
    let honest = spoken.get(at).is_some_and(|word| word.is_one_of(&HONEST));
    let after = spoken.get(at.saturating_add(1)..).unwrap_or_default();
    honest && after.iter().take(NOTICE_WORDS_MAX).any(|word| word.is_one_of(&NOTICE))
}
