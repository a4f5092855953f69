//! Promises of later work: what nobody behind an automatic reply would do.

use regex::Regex;
use std::sync::LazyLock;
use triage::text::fold;

/// Who promises, in English.
const WHO_EN: &str = concat!(
    r"(?:i|we|someone|somebody|they|he|she|an? (?:agent|colleague|manager|representative|advisor|specialist|person)|",
    r"(?:our|the|my) (?:team|manager|staff|support|support team|colleagues?|agents?|specialists?)|a member of (?:our|the) team)",
);

/// Promises by language, on folded text with straight apostrophes: its letters are plain ones.
static PROMISES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let work = concat!(
        "(?:call|ring|phone|contact|e-?mail|text|message|write|reach|get back|be in touch|follow up|let you know|check|look|investigate|review|process|",
        "refund|send|resend|ship|replace|cancel|change|update|fix|arrange|book|schedule|issue|credit|escalate|pass|forward|transfer|make sure|",
        "take care|waive|reimburse|notify|inform|confirm|resolve|handle|sort|help you|reply|respond|answer|come back|keep you|ask|find out|hold|reserve)",
    );
    let rows = [
        format!(r"\b{WHO_EN}(?:'ll| will| shall|'m going to|'re going to| (?:am|are|is) going to)(?: [a-z0-9]+){{0,2}} {work}\b"),
        format!(r"\b{WHO_EN} (?:calls?|contacts?|e-?mails?|texts?|writes?|answers?|sorts?|looks? into|checks?)(?: to)? (?:you|this|it)\b(?: back| now| soon| shortly)?"),
        r"\blet me (?:check|look|see|find|ask|call|get|confirm|verify)\b".to_owned(),
        r"\b(?:i'm|i am|we're|we are) (?:checking|looking into|investigating|sending|processing|working on|on it)\b".to_owned(),
        r"\bget(?:ting)? back to you\b|\bbe in touch\b|\breach out to you\b|\bcall you back\b|\bhear (?:back )?from us\b".to_owned(),
        r"\b(?:i|we)(?:'ve| have)(?: [a-z0-9]+)? (?:refunded|cancell?ed|sent|resent|shipped|processed|updated|changed|booked|issued|escalated|forwarded|passed|asked|arranged|reserved|credited|notified|reported)\b".to_owned(),
        r"\b(?:i|we) (?:promise|guarantee)\b".to_owned(),
        // French: the future of verbs of service, "je vais …", "je vérifie".
        concat!(
            r"\b(?:je|nous|on|equipe|conseiller|conseillere|responsable|collegue|agent)\b(?: (?:vous|te|le|la|les|y|en|lui|leur|se|me))*(?: (?:re)?t')? ?",
            r"(?:rappell?er|recontacter|contacter|enver[r]?|renver[r]?|verifier|reviendr|occuper|transmettr|tiendr|informer|rembourser|annuler|traiter|regler|",
            r"repondr|modifier|ecrir|appeller|confirmer|expedier|remplacer)(?:ai|ons|a|ont)\b",
        )
        .to_owned(),
        r"\b(?:je vais|nous allons|on va)(?: (?:vous|te|le|la|les|y))* [a-z0-9]+(?:er|ir|re)\b".to_owned(),
        r"\bje (?:verifie|regarde|transmets|me renseigne|m'en occupe|vous rappelle|vous tiens|reviens vers vous)\b|\b(?:nous|on) (?:revenons|revient|verifions|nous occupons)\b".to_owned(),
        // Spanish.
        concat!(
            r"\b(?:le|les|te|os|lo|la|nos|se)(?: (?:lo|la))? (?:volver|llamar|contactar|escribir|enviar|avisar|informar|confirmar|responder|reembolsar|devolver|",
            r"mandar|atender|pondr|mantendr|cambiar|resolver|ayudar)(?:e|emos|an|a)\b",
        )
        .to_owned(),
        r"\b(?:voy|vamos) a [a-z0-9]+(?:ar|er|ir|lo|la|le|te|les)\b|\bme pongo en contacto\b|\b(?:lo|la) (?:reviso|paso|miro|consulto|compruebo)\b|\bestoy (?:revisando|comprobando)\b".to_owned(),
        r"\b(?:enviaremos|llamaremos|revisaremos|comprobaremos|procesaremos|contactaremos|responderemos|cancelaremos)\b".to_owned(),
        // German.
        r"\b(?:wir|ich|jemand|ein kollege|eine kollegin|unser team) (?:werden|werde|wird)\b(?: [a-z0-9]+){0,8} (?:[a-z0-9]*melden|[a-z0-9]*rufen|kontaktieren|senden|[a-z0-9]*schicken|prufen|[a-z0-9]*erstatten|kummern|informieren|bearbeiten|stornieren|[a-z0-9]*leiten|andern|antworten)\b".to_owned(),
        r"\b(?:wir melden uns|ich melde mich|melden wir uns|melde ich mich|(?:wir|ich) rufen? (?:sie|dich|euch)|rufen wir (?:sie|dich)|ich (?:prufe|schaue|kummere|leite|frage)|wir (?:prufen das|kummern uns|leiten))\b".to_owned(),
    ];
    rows.iter().filter_map(|row| Regex::new(row).ok()).collect()
});

/// The words of the first promise in a text; none when it promises nothing.
pub fn promise(text: &str) -> Option<String> {
    let folded = fold(text);
    PROMISES.iter().find_map(|pattern| pattern.find(&folded)).map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_pattern() {
        assert_eq!(PROMISES.len(), 15);
    }

    #[test]
    fn promises_are_heard_in_four_languages() {
        for text in [
            "We will call you back.",
            "I'll check and get back to you",
            "Someone from our side: our team will be in touch",
            "Let me check that for you",
            "I’ve refunded your order",
            "A manager will contact you",
            "Nous vous rappellerons demain",
            "Je vais vérifier",
            "Je vous enverrai un mail",
            "Le llamaremos mañana",
            "Voy a comprobarlo",
            "Wir melden uns",
            "Wir werden Sie morgen zurückrufen",
            "Ich kümmere mich darum",
        ] {
            assert!(promise(text).is_some(), "{text}");
        }
    }

    #[test]
    fn facts_are_no_promises() {
        for text in [
            "Returns are free within 30 days.",
            "You can call us at any time.",
            "The bank takes 3 to 7 days.",
            "La tienda abre a las 9.",
            "Les retours sont gratuits.",
            "Die Lieferung dauert zwei Tage.",
            "Please check your email.",
        ] {
            assert_eq!(promise(text), None, "{text}");
        }
    }
}
