//! Which past replies of agents may answer somebody else.
//!
//! A reply is reused only when nothing in it belongs to the customer it was written for: no order number, no "today", no "I have
//! refunded you", no question back, no promise.

use crate::learned::extract::quotable;
use crate::learned::greeting::asks_nothing;
use crate::learned::promises::promise;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use triage::evidence::Passage;
use triage::text::{fold, plain};

/// Signs that a reply is about one customer or one day, on folded text.
static PERSONAL: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Placeholders and what redaction leaves behind.
        r"\[[^\]]{1,40}\]|\{[^}]{1,40}\}|<[^>\s]{1,40}>|#{2,}|\bx{3,}\b|\*{3,}|_{3,}",
        // Order and case numbers.
        r"[0-9]{4,}",
        // The agent as a person.
        r"\b(?:i|i'm|i've|i'll|i'd|my|me)\b",
        r"\b(?:je|j'ai|j|moi|mon collegue|ma collegue)\b",
        r"\b(?:yo|he|estoy|voy|mi companer[oa]|me)\b",
        r"\b(?:ich|mir|mich|mein kollege|meine kollegin)\b",
        // What was done for this customer.
        r"^(?:thank you|thanks|merci|gracias|danke)\b|\bpassed on\b",
        r"^(?:done|noted|got it|all set|fixed|sorted|sent|fait|c'est fait|note|hecho|listo|anotado|erledigt|notiert)\b",
        r"\b(?:we've|we have|we)(?: just| already| now)? (?:refunded|cancell?ed|sent|resent|shipped|processed|updated|changed|booked|issued|found|received|spoke|checked)\b",
        r"\bnous avons (?:bien |deja )?(?:envoye|rembourse|annule|modifie|recu|transmis|verifie|note|corrige|expedie|traite|mis)\b",
        r"\bhemos (?:[a-z0-9]+ado|[a-z0-9]+ido|hecho|puesto|visto)\b",
        r"\bwir haben\b(?: [a-z0-9]+){0,6} (?:ge[a-z0-9]+|storniert|erstattet|verschickt|erhalten)\b",
        // This customer's thing and its state.
        r"\b(?:your|ur) (?:[a-z0-9]+ )?(?:order|parcel|package|refund|return|bike|account|case|ticket|appointment|booking|payment|card|item) (?:is|was|has|will|left|ships?|arrives?|went|should)\b",
        r"\bvotre (?:[a-z0-9]+ )?(?:commande|colis|remboursement|retour|velo|compte|dossier|rendez-vous) (?:est|a|sera|part|arrive|devrait)\b",
        r"\b(?:tu|su) (?:[a-z0-9]+ )?(?:pedido|paquete|reembolso|devolucion|bici|cuenta|cita) (?:esta|ha|llega|sale|fue|sera)\b",
        r"\b(?:ihre?|deine?) (?:[a-z0-9]+ )?(?:bestellung|lieferung|paket|erstattung|termin|konto) (?:ist|wurde|wird|kommt|sollte)\b",
        // One day.
        r"\b(?:today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening|week)|right now|just now|already|earlier|shortly|next week)\b",
        r"\b(?:aujourd'hui|demain|hier|ce (?:matin|soir)|cet apres-midi|cette semaine|deja|bientot)\b",
        r"\b(?:hoy|manana|ayer|esta (?:tarde|noche|semana)|ya|pronto)\b",
        r"\b(?:heute|morgen|gestern|diese woche|bereits|gleich)\b",
    ]
    .iter()
    .filter_map(|row| Regex::new(row).ok())
    .collect()
});

/// A greeting with a name before the answer, and a name under it.
static ADDRESSED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?i:hi|hello|hey|dear|bonjour|salut|hola|hallo|guten tag|buenas)\s+\p{Lu}[\p{L}\-]+\s*[,!.:]\s*").ok());
static SIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:[-–—~^]\s?\p{L}+(?: \p{L}+)?|\p{Lu}\p{Ll}+)\.?$").ok());

/// Answers that only say yes or no to the question they were given.
const YES_OR_NO: [&str; 12] = ["yes", "yep", "yeah", "no", "nope", "oui", "non", "si", "ja", "nein", "correct", "exactly"];

/// The spans of a past reply that answer anybody; none when something in it belongs to one customer.
pub fn reusable(passage: &Passage) -> Option<Vec<Range<usize>>> {
    let text = passage.text.as_str();
    if text.contains('?') {
        return None;
    }
    let mut spans = Vec::new();
    for sentence in quotable(passage) {
        let raw = text.get(sentence.span.clone())?;
        let greeting = ADDRESSED.as_ref().and_then(|pattern| pattern.find(raw)).map_or(0, |greeting| greeting.end());
        let bare = raw.get(greeting..)?;
        if bare.is_empty() || asks_nothing(bare) || SIGNED.as_ref().is_some_and(|pattern| pattern.is_match(bare)) {
            continue;
        }
        if is_personal(bare) || promise(bare).is_some() {
            return None;
        }
        spans.push(sentence.span.start + greeting..sentence.span.end);
    }
    (!spans.is_empty()).then_some(spans)
}

/// A reply that opens with yes or no answers its own question only.
pub fn is_yes_or_no(passage: &Passage) -> bool {
    plain(&passage.text).split(' ').next().is_some_and(|first| YES_OR_NO.contains(&first))
}

fn is_personal(text: &str) -> bool {
    let folded = fold(text);
    let without_links: Vec<&str> = folded.split_whitespace().filter(|word| !word.contains("://") && !word.contains('@')).collect();
    let folded = without_links.join(" ");
    PERSONAL.iter().any(|pattern| pattern.is_match(&folded))
}
