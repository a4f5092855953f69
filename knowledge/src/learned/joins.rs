//! Questions that are joined in one sentence: "how much is a full service, and can i borrow a bike".
//!
//! A comma or an "and" parts two asks when a question stands before it and another one opens right after it. Enumerations, conditions
//! ("if it is closed, can i …") and tags ("…, is that ok?") stay whole.

use regex::Regex;
use std::sync::LazyLock;
use triage::text::plain;

/// What joins, in four languages and as texts write it.
static JOINTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*[,;]\s*(?:(?:and|plus|also|then|n|&|et|puis|y|e|und)\s+)?|\s+(?:and|plus|n|&|\+|et|y|und)\s+").ok()
});

/// What opens a question with its verb, so that a word such as "what" inside a sentence is none.
static OPENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:¿|",
        r"(?:can|could|may|do|does|did|will|would|should|is|are|was|were|have|has)\s+(?:i|you|u|we|they|it|he|she|there|the|my|your|ur|this|that|these|those|any|anyone|someone)\b|",
        r"how\s+(?:much|many|long|late|early|far|soon|often|big|old|do|does|did|can|could|is|are|will|would|about)\b|",
        r"(?:what|when|where|who|why|which)(?:'?s|'?re|\s+(?:is|are|do|does|did|can|could|will|would|should|was|were|time|day|size|kind|if))\b|",
        r"what'?s?\s+(?:the|your|ur|about)\b|",
        r"(?:combien|quand|comment|pourquoi|quels?|quelles?|o[uù]\s+(?:est|sont|se|puis|peut|je)|est-?\s?ce\s+qu|puis-je|peut-on|pouvez-vous|avez-vous|faites-vous|livrez-vous|y\s+a-?\s?t)|",
        r"(?:cu[aá]nto|cu[aá]nta|cu[aá]ndo|d[oó]nde|c[oó]mo|qué|a\s+qu[eé]\s+hora|cu[aá]l|puedo|pueden|podr[ií]a|se\s+puede|tienen|hay)\b|",
        r"(?:wann|wie|wo|warum|wer|welche[rsn]?|wie\s?viel|was\s+(?:kostet|ist|sind)|(?:kann|darf|k[oö]nnen|haben|habt|gibt|ist|sind)\s+(?:ich|man|sie|ihr|es|der|die|das|wir))\b)",
    ))
    .ok()
});

/// A clause that opens so needs what follows.
static CONDITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:(?:if|when|once|after|before|since|as|because|although|while|where|unless|even if)\s+(?:i|i'?m|you|u|we|it|it'?s|they|he|she|the|my|your|a|an|this|that)\b|",
        r"(?:si|quand|comme|puisque|lorsque)\s+(?:je|j|vous|on|nous|il|elle|le|la|mon|ma|votre|c)\b|",
        r"(?:si|cuando|como)\s+(?:el|la|mi|no|yo|lo|me|se|un|una)\b|(?:wenn|falls|da|weil)\s)",
    ))
    .ok()
});

/// What is said after a question and asks nothing else, as [`plain`] writes it.
const TAGS: [&str; 34] = [
    "is that right",
    "is that ok",
    "is that okay",
    "is that possible",
    "is it possible",
    "is this possible",
    "is it ok",
    "is that correct",
    "can you help",
    "can u help",
    "could you help",
    "can you help me",
    "can u help me",
    "can you tell me",
    "do you know",
    "do u know",
    "what do i do",
    "what should i do",
    "what can i do",
    "what now",
    "how do i do that",
    "how can i do that",
    "how does that work",
    "how does it work",
    "how do i do it",
    "c est possible",
    "est ce possible",
    "est ce que c est possible",
    "pouvez vous m aider",
    "comment faire",
    "es posible",
    "como hago",
    "geht das",
    "ist das moglich",
];

/// Words that lean a question on the one before it.
const BACKWARD: [&str; 19] = [
    "it", "its", "they", "them", "that", "one", "ones", "those", "these", "il", "elle", "ils", "elles", "ca", "cela", "lo", "eso", "es",
    "das",
];

/// A head that ends so is not done: "do you know if and when".
const OPEN_ENDS: [&str; 16] =
    ["if", "what", "when", "how", "where", "why", "which", "whether", "who", "quand", "comment", "cuando", "como", "wann", "wie", "wo"];

/// Where a sentence parts into two questions: the end of the first and the beginning of the second.
pub fn joint(sentence: &str) -> Option<(usize, usize)> {
    let (joints, opens) = (JOINTS.as_ref()?, OPENS.as_ref()?);
    let parts = joints.find_iter(sentence).filter(|joint| joint.start() > 0);
    parts.map(|joint| (joint.start(), joint.end())).find(|(end, start)| {
        let (head, tail) = (sentence.get(..*end).unwrap_or_default(), sentence.get(*start..).unwrap_or_default());
        let words = plain(head);
        let is_done = words.split(' ').next_back().is_some_and(|last| !OPEN_ENDS.contains(&last));
        let is_condition = CONDITION.as_ref().is_some_and(|condition| condition.is_match(head.trim()));
        opens.is_match(tail) && is_done && !is_condition && !TAGS.contains(&plain(tail).as_str())
    })
}

/// The question leans on the one before it ("how long does it take"): it is looked up together with that.
pub fn leans_back(question: &str) -> bool {
    plain(question).split(' ').any(|word| BACKWARD.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_one_thing_stays_whole() {
        for text in [
            "do you sell helmets, lights and locks",
            "do you know if and when you get them in",
            "if the store is closed, can i drop it off",
            "can i return it without a receipt, is that ok?",
            "si je me trompe de taille, puis-je échanger",
            "my bike is red and green",
            "can i come in and look around",
            "",
        ] {
            assert_eq!(joint(text), None, "{text}");
        }
    }
}
