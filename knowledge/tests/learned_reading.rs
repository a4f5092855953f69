//! What the local mind reads in a turn besides its intent: greetings, asks, urgency.

use knowledge::learned::asks::asks;
use knowledge::learned::greeting::{asks_nothing, is_bare_greeting, without_greeting};
use knowledge::learned::urgency::urgency;
use proptest::prelude::*;
use triage::classification::Priority;

#[test]
fn greetings_are_known_in_four_languages() {
    for text in [
        "hi",
        "Hi!!",
        "hello there",
        "hey 👋",
        "heyyyy",
        "Hellooo",
        "good morning",
        "Good morning team!",
        "anyone there?",
        "hi, anyone there?",
        "bonjour",
        "Bonsoir !",
        "salut",
        "bonjour à tous",
        "hola",
        "hola buenas",
        "Buenos días",
        "hola, qué tal?",
        "hallo",
        "guten tag",
        "Guten Morgen zusammen",
        "moin",
        "hey\nhello",
    ] {
        assert!(is_bare_greeting(text), "{text}");
    }
}

#[test]
fn what_asks_for_something_is_no_bare_greeting() {
    for text in [
        "hi where is my order",
        "good morning are you open",
        "there",
        "you",
        "",
        "👋",
        "bonjour, mon colis",
        "hola 48019",
        "high",
        "stop",
        "thanks",
    ] {
        assert!(!is_bare_greeting(text), "{text}");
    }
}

#[test]
fn courtesies_and_announcements_ask_nothing() {
    for text in [
        "thanks!",
        "Thank you so much",
        "quick q",
        "hi, quick question",
        "merci d'avance",
        "gracias",
        "Vielen Dank",
        "ok thanks",
        "I have a question",
        "Best regards",
    ] {
        assert!(asks_nothing(text), "{text}");
    }
    assert!(!asks_nothing("thanks but where is it"));
}

#[test]
fn a_greeting_before_the_question_is_cut() {
    for (text, expected) in [
        ("Hello, where is my order?", "where is my order?"),
        ("Bonjour ! où est mon colis", "où est mon colis"),
        ("hi", "hi"),
        ("Hola, ¿abren hoy?", "¿abren hoy?"),
        ("I need help, please", "I need help, please"),
    ] {
        assert_eq!(without_greeting(text), expected);
    }
}

#[test]
fn a_turn_is_cut_into_its_asks() {
    let cases: &[(&str, &[&str])] = &[
        ("where is my order", &["where is my order"]),
        ("hi\nquick q\nwhen does the workshop stop taking bikes in", &["when does the workshop stop taking bikes in"]),
        ("What are your hours? Do you ship to Canada?", &["What are your hours?", "Do you ship to Canada?"]),
        ("what are your hours and also do you ship to canada", &["what are your hours", "do you ship to canada"]),
        ("My rack broke after a year. Is it covered?", &["My rack broke after a year. Is it covered?"]),
        ("Is it covered? My rack broke after a year.", &["Is it covered? My rack broke after a year."]),
        ("where is\nmy order", &["where is my order"]),
        ("Hello, my bike is broken.\nThanks!", &["my bike is broken."]),
        ("quels sont vos horaires et aussi vous livrez en suisse ?", &["quels sont vos horaires", "vous livrez en suisse ?"]),
        ("¿a qué hora abren? y también ¿hacen envíos?", &["¿a qué hora abren?", "¿hacen envíos?"]),
        ("what time does harbor open? and orchard?", &["what time does harbor open? and orchard?"]),
        ("I was charged twice. Also where is my order?", &["I was charged twice.", "where is my order?"]),
        ("do u guys do house calls\nbike wont roll", &["do u guys do house calls bike wont roll"]),
        ("how much is a full service, and can i borrow a bike", &["how much is a full service", "can i borrow a bike"]),
        (
            "whats shipping to canada n how long does it take",
            &["whats shipping to canada", "whats shipping to canada how long does it take"],
        ),
        ("are you open sunday and do you have parking?", &["are you open sunday", "do you have parking?"]),
        ("my chain broke, can i come by today", &["my chain broke, can i come by today"]),
        ("quels sont vos horaires et combien coûte une révision", &["quels sont vos horaires", "combien coûte une révision"]),
        ("a qué hora abren y cuánto cuesta una revisión", &["a qué hora abren", "cuánto cuesta una revisión"]),
        ("wann habt ihr offen und was kostet eine Inspektion", &["wann habt ihr offen", "was kostet eine Inspektion"]),
        ("thanks", &["thanks"]),
        ("👍", &["👍"]),
        ("hey 👋", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(asks(text), *expected, "{text}");
    }
}

#[test]
fn urgency_is_heard_in_four_languages() {
    let cases = [
        ("where is my order", Priority::Normal),
        ("the battery is on fire", Priority::Urgent),
        ("my kid got hurt", Priority::Urgent),
        ("il y a de la fumée", Priority::Urgent),
        ("hay humo en la tienda", Priority::Urgent),
        ("es brennt", Priority::Urgent),
        ("this is unacceptable", Priority::High),
        ("WHERE IS MY ORDER", Priority::High),
        ("c'est une arnaque", Priority::High),
        ("esto es una vergüenza", Priority::High),
        ("Das ist Betrug", Priority::High),
        ("need it asap", Priority::High),
        ("es urgente", Priority::High),
        ("dringend bitte", Priority::High),
        ("this is a scam, refund me right now", Priority::Urgent),
        ("no rush, when do you open", Priority::Low),
        ("pas urgent", Priority::Low),
        ("firewood price", Priority::Normal),
    ];
    for (text, expected) in cases {
        assert_eq!(urgency(text), expected, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        let _ = (is_bare_greeting(&text), without_greeting(&text), urgency(&text), triage::language::detect::detect(&text));
        let found = asks(&text);
        prop_assert!(found.iter().all(|ask| !ask.trim().is_empty()));
    }

    #[test]
    fn a_turn_with_words_has_an_ask_unless_it_greets(text in "[a-z]{3,8}( [a-z?.,\n]{1,8}){0,12}") {
        prop_assert_eq!(asks(&text).is_empty(), is_bare_greeting(&text));
    }
}
