//! Words, folded so that spelling variants meet: for the overlap of a question with a passage.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;
use triage::text::fold;

/// Shorter words are not folded: too little is left of them.
const FOLD_CHARS_MIN: usize = 4;

/// So much of a word stays at least.
const STEM_CHARS_MIN: usize = 3;

/// Words that say nothing of the matter (English, French, Spanish, German), folded, sorted by language.
const STOP_WORDS: &[&str] = &[
    "a", "about", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do", "does", "don",
    "for", "from", "get", "got", "had", "has", "have", "he", "hello", "help", "her", "hey", "hi", "his", "how", "i", "if", "im", "in",
    "into", "is", "it", "its", "ive", "just", "know", "like", "ll", "me", "my", "need", "no", "not", "of", "on", "or", "our", "out",
    "please", "re", "she", "should", "so", "some", "tell", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "to", "too", "up", "us", "ve", "very", "want", "was", "we", "were", "what", "whats", "when", "where", "which",
    "who", "why", "will", "with", "would", "you", "your", "u", "ur", "au", "aux", "avec", "avez", "ai", "bonjour", "ce", "cela", "ces",
    "cet", "cette", "comment", "dans", "de", "des", "du", "elle", "en", "est", "et", "etre", "faire", "faut", "il", "ils", "je", "la",
    "le", "les", "leur", "ma", "mais", "merci", "mes", "moi", "mon", "ne", "nous", "on", "ou", "par", "pas", "peut", "peux", "plus",
    "pour", "pourquoi", "puis", "qu", "quand", "que", "quel", "quelle", "quelles", "quels", "qui", "quoi", "sa", "se", "ses", "si", "son",
    "sont", "suis", "sur", "ta", "tu", "un", "une", "vos", "votre", "vous", "al", "como", "con", "cual", "cuando", "cuanto", "del",
    "donde", "el", "ella", "es", "esta", "este", "esto", "estoy", "gracias", "ha", "hay", "he", "hola", "las", "lo", "los", "mas", "mi",
    "mis", "muy", "no", "nos", "o", "para", "pero", "por", "porque", "puedo", "quiero", "ser", "si", "sin", "sobre", "soy", "su", "sus",
    "te", "tengo", "tiene", "una", "uno", "y", "ya", "yo", "usted", "aber", "als", "am", "an", "auch", "auf", "aus", "bei", "bin", "bitte",
    "das", "dass", "dein", "dem", "den", "der", "die", "ein", "eine", "einen", "einer", "er", "es", "fur", "gibt", "habe", "haben",
    "hallo", "hat", "ich", "ihr", "ihre", "im", "ist", "kann", "kein", "keine", "konnen", "man", "mein", "meine", "meinen", "mich", "mir",
    "mit", "nach", "nicht", "noch", "oder", "sich", "sie", "sind", "und", "uns", "unser", "von", "vom", "wann", "warum", "was", "wenn",
    "wer", "werden", "wie", "wir", "wird", "wo", "zu", "zum", "zur",
];

/// The same, for looking up: every word of every candidate is asked for.
static STOP_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_WORDS.iter().copied().collect());

/// The words of a text that say what it is about, folded, without plural endings, each once.
pub fn content_words(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    words(&folded).filter(|word| is_telling(word)).map(|word| stem(word).into_owned()).collect()
}

/// The share of the content words of `query` that stand in `passage`, between 0 and 1; 0 when the query has none.
pub fn overlap(query: &BTreeSet<String>, passage: &BTreeSet<String>) -> f64 {
    if query.is_empty() {
        return 0.0;
    }
    query.intersection(passage).count() as f64 / query.len() as f64
}

/// The same of texts whose content words nobody needs besides.
pub fn overlap_of_texts(query: &BTreeSet<String>, texts: &[&str]) -> f64 {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for text in texts {
        let folded = fold(text);
        for word in words(&folded) {
            // Most words are not asked for: what is looked at closely is what is.
            if let Some(asked) = query.get(stem(word).as_ref())
                && is_telling(word)
            {
                found.insert(asked);
            }
        }
    }
    if query.is_empty() { 0.0 } else { found.len() as f64 / query.len() as f64 }
}

/// Runs of letters and digits.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The folded word says something of the matter.
pub(crate) fn is_telling(word: &str) -> bool {
    let is_single_letter = word.chars().count() == 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    !is_single_letter && !STOP_SET.contains(word)
}

/// Takes off endings that plural and gender change, from both sides alike: `policies` and `policy` meet, `remboursée` and
/// `remboursés`.
fn stem(word: &str) -> Cow<'_, str> {
    if word.chars().count() < FOLD_CHARS_MIN {
        return Cow::Borrowed(word);
    }
    let stem = match word.strip_suffix('s') {
        Some(rest) if !rest.ends_with('s') => rest,
        Some(_) | None => word.strip_suffix('x').filter(|rest| rest.ends_with("au") || rest.ends_with("eu")).unwrap_or(word),
    };
    let bare = stem.trim_end_matches('e');
    let stem = if bare.chars().count() < STEM_CHARS_MIN { stem } else { bare };
    match stem.strip_suffix('y') {
        Some(rest) => Cow::Owned(format!("{rest}i")),
        None => Cow::Borrowed(stem),
    }
}
