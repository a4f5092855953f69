//! Whole messages that are one keyword, as carriers and Twilio understand them, and the words customers write in French, Spanish and
//! German for the same thing.
//!
//! Sources: Twilio "Customize users' opt-in and opt-out experience with Advanced Opt-Out" and "Support for opt-out keywords" (default
//! English words, 2025), Twilio Proxy "Opt-out keywords" (French). No vendor documents default words in Spanish or German; those lists
//! are ours, and an operator mirrors them in the carrier's settings.

use super::detect::{Consent, How};
use super::words::BREAK;

/// Stop words, folded: lower case, no accents, no spaces.
pub const STOP: [&str; 33] = [
    // English, the carriers' own. Twilio's eight. Misspelled words are `wording`: no carrier acts on them.
    "stop",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "optout",
    "stopsms",
    // French.
    "arret",
    "arrett",
    "arrete",
    "arreter",
    "desabonner",
    "desabonnement",
    "desinscrire",
    "desinscription",
    "stoppub",
    // Spanish.
    "alto",
    "parar",
    "baja",
    "darsedebaja",
    "cancelar",
    "terminar",
    "detener",
    "detenga",
    "detengan",
    // German.
    "stopp",
    "stoppen",
    "abmelden",
    "abbestellen",
    "ende",
    "beenden",
];

/// Start words. YES is Twilio's; "oui", "si" and "ja" are no carrier's word and stay answers.
pub const START: [&str; 10] = ["start", "yes", "unstop", "debut", "reprendre", "iniciar", "inicio", "empezar", "anmelden", "starten"];

/// Help words.
pub const HELP: [&str; 6] = ["help", "info", "aide", "ayuda", "hilfe", "infos"];

/// Longest keyword in letters; a longer message is no keyword and is not compared.
const KEYWORD_LETTERS_MAX: usize = 16;

/// The keyword that the whole message is, if it is one. Spaces count for nothing: "OPT OUT", "opt-out" and "S T O P" are keywords.
pub fn whole_message(words: &[String]) -> Option<Consent> {
    let letters: usize = words.iter().map(String::len).sum();
    if letters > KEYWORD_LETTERS_MAX.saturating_mul(2) {
        return None;
    }
    let folded: String = words.iter().filter(|word| *word != BREAK).map(String::as_str).collect();
    kind(&folded)
}

/// What a folded word means to a carrier or to us.
pub fn kind(folded: &str) -> Option<Consent> {
    if folded.len() > KEYWORD_LETTERS_MAX {
        None
    } else if STOP.contains(&folded) {
        Some(Consent::Stop(How::Keyword))
    } else if START.contains(&folded) {
        Some(Consent::Start(How::Keyword))
    } else if HELP.contains(&folded) {
        Some(Consent::Help(How::Keyword))
    } else {
        None
    }
}
