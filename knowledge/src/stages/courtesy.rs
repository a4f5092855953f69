//! Greetings, thanks and "how can I help": words that ask nothing and answer nothing.

use triage::sms::sentence;
use triage::text::fold;

/// Words that make a courtesy when a sentence holds nothing else (English, French, Spanish, German; folded). `name` is what
/// stands in the place of a person's name.
const COURTESY: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hiya",
    "howdy",
    "yo",
    "good",
    "morning",
    "afternoon",
    "evening",
    "day",
    "there",
    "team",
    "all",
    "everyone",
    "sir",
    "madam",
    "thanks",
    "thank",
    "thx",
    "ty",
    "cheers",
    "you",
    "u",
    "so",
    "very",
    "much",
    "a",
    "lot",
    "again",
    "please",
    "great",
    "ok",
    "okay",
    "bye",
    "goodbye",
    "bonjour",
    "bonsoir",
    "salut",
    "coucou",
    "merci",
    "beaucoup",
    "bien",
    "svp",
    "au",
    "revoir",
    "madame",
    "monsieur",
    "bonne",
    "journee",
    "et",
    "hola",
    "buenos",
    "buenas",
    "dias",
    "tardes",
    "noches",
    "gracias",
    "muchas",
    "por",
    "favor",
    "adios",
    "buen",
    "dia",
    "y",
    "hallo",
    "guten",
    "tag",
    "morgen",
    "abend",
    "moin",
    "servus",
    "danke",
    "vielen",
    "dank",
    "schon",
    "bitte",
    "tschuss",
    "und",
    "and",
    "best",
    "kind",
    "regards",
    "sincerely",
    "cordialement",
    "saludos",
    "atentamente",
    "mit",
    "freundlichen",
    "freundliche",
    "viele",
    "liebe",
    "grusse",
    "grussen",
    "name",
    "how",
    "are",
];

/// What agents say before they answer; none of it is an answer.
const OPENERS: &[&str] = &[
    "how can i help",
    "how may i help",
    "how can i assist",
    "how may i assist",
    "what can i do for you",
    "can i help you",
    "may i help you",
    "thank you for contacting",
    "thanks for contacting",
    "thank you for reaching out",
    "thanks for reaching out",
    "thanks for getting in touch",
    "thank you for your message",
    "one moment",
    "just a moment",
    "bear with me",
    "let me check",
    "let me look",
    "please hold",
    "give me a moment",
    "anything else",
    "have a great",
    "have a nice",
    "have a good",
    "you are welcome",
    "you're welcome",
    "comment puis-je vous aider",
    "en quoi puis-je vous aider",
    "un instant",
    "merci de nous avoir contact",
    "merci pour votre message",
    "autre chose",
    "bonne journee",
    "en que puedo ayudar",
    "como puedo ayudar",
    "un momento",
    "gracias por contactar",
    "gracias por escribir",
    "algo mas",
    "wie kann ich ihnen helfen",
    "wie kann ich helfen",
    "einen moment",
    "danke fur ihre nachricht",
    "vielen dank fur ihre nachricht",
    "sonst noch etwas",
];

/// Is this nothing but greeting or thanks?
pub fn is_courtesy(text: &str) -> bool {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| COURTESY.contains(&word))
}

/// Does an agent only open, wait or close with this sentence?
pub fn is_opener(sentence: &str) -> bool {
    let folded = fold(sentence);
    is_courtesy(sentence) || OPENERS.iter().any(|opener| folded.contains(opener))
}

/// What a customer wrote, without the sentences and first words that only greet. All of it when nothing else is there.
pub fn without_greeting(text: &str) -> String {
    let kept: Vec<&str> = sentence::sentences(text).into_iter().filter(|sentence| !is_courtesy(sentence)).collect();
    let mut rest = kept.join(" ");
    if let Some((head, tail)) = rest.split_once([',', '-', '–', '—'])
        && is_courtesy(head)
        && !is_courtesy(tail)
    {
        rest = tail.trim().to_owned();
    }
    if rest.is_empty() { text.trim().to_owned() } else { rest }
}
