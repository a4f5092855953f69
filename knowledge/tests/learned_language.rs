//! Languages of short texts.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

use serde::Deserialize;
use std::io::Write;
use triage::language::Language;
use triage::language::detect::detect;

fn code(text: &str) -> Option<String> {
    detect(text).map(|language| language.code().to_owned())
}

#[test]
fn short_messages_tell_their_language() {
    let cases = [
        ("wheres my order", "en"),
        ("what time do u close tonight", "en"),
        ("can i return this", "en"),
        ("thanks!", "en"),
        ("où est ma commande", "fr"),
        ("ou est mon colis", "fr"),
        ("vous ouvrez a quelle heure", "fr"),
        ("bonjour", "fr"),
        ("c'est combien la livraison", "fr"),
        ("donde esta mi pedido", "es"),
        ("¿abren mañana?", "es"),
        ("hola buenas", "es"),
        ("cuanto cuesta el envio", "es"),
        ("wann habt ihr geöffnet", "de"),
        ("wo ist mein paket", "de"),
        ("guten tag", "de"),
        ("was kostet der versand", "de"),
        ("onde está minha encomenda, não chegou", "pt"),
        ("quanto costa la spedizione per favore", "it"),
        ("waar is mijn bestelling gebleven", "nl"),
        ("где мой заказ", "ru"),
    ];
    for (text, expected) in cases {
        assert_eq!(code(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn texts_that_do_not_tell_have_no_language() {
    for text in ["", "48019", "👍👍", "https://marrowby.example/track", "ok", "Harbor", "?"] {
        assert_eq!(detect(text), None, "{text}");
    }
}

#[derive(Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    split: Option<String>,
}

/// Share of the texts with at least `words_min` words that are named `expected`, and share that is named otherwise, in percent.
fn shares(name: &str, path: &str, words_min: usize, expected: Language) -> Option<(f64, f64)> {
    let shared = std::env::var("WHIMBREL_SHARED").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").to_owned());
    let Ok(file) = std::fs::read_to_string(format!("{shared}/data/{path}")) else {
        // Past the test runner, which would keep it back: the closing line counts it.
        let _closed = writeln!(std::io::stderr(), "left out: {name} (no ../shared)");
        return None;
    };
    let lines = file.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let texts = lines.filter(|line| line.split.as_deref() != Some("test")).map(|line| line.text);
    let texts: Vec<String> = texts.filter(|text| text.split_whitespace().count() >= words_min).collect();
    let named: Vec<Option<Language>> = texts.iter().map(|text| detect(text)).collect();
    let percent = |count: usize| 100.0 * count as f64 / texts.len().max(1) as f64;
    let right = percent(named.iter().filter(|language| **language == Some(expected)).count());
    let wrong = percent(named.iter().filter(|language| language.is_some_and(|language| language != expected)).count());
    println!("{name}: {} texts, right {right:.1} %, wrong {wrong:.1} %", texts.len());
    Some((right, wrong))
}

#[test]
fn real_french_questions_are_french() {
    if let Some((right, wrong)) = shares("real_french_questions", "noise/covid_fr_real_questions.jsonl", 3, Language::FR) {
        assert!(right > 90.0 && wrong < 3.0);
    }
}

#[test]
fn french_paraphrases_are_french() {
    if let Some((right, wrong)) = shares("french_paraphrases", "faq/covidfaq_fr/queries.jsonl", 3, Language::FR) {
        assert!(right > 95.0 && wrong < 2.0);
    }
}

#[test]
fn english_texts_are_english() {
    if let Some((right, wrong)) = shares("english_texts", "noise/sms_spam.jsonl", 3, Language::EN) {
        assert!(right > 90.0 && wrong < 2.0);
    }
}

#[test]
fn singaporean_texts_are_seldom_taken_for_another_language() {
    if let Some((right, wrong)) = shares("singaporean_texts", "noise/nus_sms_sample.jsonl", 3, Language::EN) {
        assert!(right > 70.0 && wrong < 6.0);
    }
}
