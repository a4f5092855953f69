//! Laws of the SMS arithmetic that hold for any text and any budget.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use triage::sms::encoding::{Encoding, encoding_of};
use triage::sms::fit::{Budget, Fit, fit};
use triage::sms::segments::segments;
use triage::sms::sentence::{sentences, spans};
use triage::sms::smart::{prefer_gsm7, smart_replace};
use unicode_segmentation::UnicodeSegmentation;

/// Things that may reach the customer whole or not at all.
const UNBREAKABLE: &[&str] = &[
    "https://example.com/a.b/c?d=1.5&e=f!g",
    "first.last@example.co.uk",
    "$1,234.50",
    "12:30",
    "12.05.2025",
    "+33 6 12 34 56 78",
    "555. 123. 4567",
    "No. 5",
    "e.g. Visa",
    "St. Ives",
    "am 3. Mai",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
    "\u{1F1EB}\u{1F1F7}",
];

fn piece() -> impl Strategy<Value = String> {
    let glue = prop::sample::select(vec![" ", " ", " ", ". ", "! ", "? ", "… ", "\n", " ¿", "。", ".\" ", ": "]);
    let word =
        prop::sample::select(vec!["We", "deliver", "your", "parcel", "L’équipe", "reçu", "prêt", "€", "merci", "(soon)", "x\u{301}"]);
    prop_oneof![
        3 => word.prop_map(str::to_owned),
        1 => prop::sample::select(UNBREAKABLE).prop_map(str::to_owned),
        1 => "[a-zA-P]{1,9}",
    ]
    .prop_flat_map(move |word| glue.clone().prop_map(move |glue| format!("{word}{glue}")))
}

fn prose() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..90).prop_map(|pieces| pieces.concat())
}

fn budget() -> impl Strategy<Value = Budget> {
    (1u32..4, 1u32..5).prop_map(|(segments_max, messages_max)| Budget { segments_max, messages_max })
}

/// What remains of a text when spaces and typography are left out of sight.
fn letters(text: &str) -> String {
    smart_replace(text).chars().filter(|c| !c.is_whitespace()).collect()
}

fn messages(fit: &Fit) -> Vec<&str> {
    match fit {
        Fit::Whole(text) | Fit::Shortened(text) => vec![text],
        Fit::Split(parts) => parts.iter().map(String::as_str).collect(),
        Fit::TooLong => vec![],
    }
}

fn laws() -> ProptestConfig {
    ProptestConfig { cases: 256, rng_seed: RngSeed::Fixed(20_250_117), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(laws())]

    #[test]
    fn replacing_twice_is_replacing_once(text in any::<String>()) {
        let once = smart_replace(&text);
        prop_assert_eq!(&smart_replace(&once), &once);
        let sent = prefer_gsm7(&text);
        prop_assert_eq!(&prefer_gsm7(&sent), &sent);
    }

    #[test]
    fn a_text_that_is_cheap_already_is_left_alone(text in "[ -_a-~£é€\n]{0,60}") {
        prop_assert_eq!(encoding_of(&text), Encoding::Gsm7);
        prop_assert_eq!(smart_replace(&text), text);
    }

    #[test]
    fn appending_never_makes_a_text_cheaper(text in prop_oneof![any::<String>(), prose()], more in prop_oneof![any::<String>(), prose()]) {
        let (short, long) = (segments(&text), segments(&format!("{text}{more}")));
        prop_assert!(short.count <= long.count);
    }

    #[test]
    fn sentences_hold_every_letter_once_and_in_order(text in prop_oneof![any::<String>(), prose()]) {
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(bare(&sentences(&text).concat()), bare(&text));
    }

    #[test]
    fn sentences_begin_and_end_on_grapheme_borders(text in prop_oneof![any::<String>(), prose()]) {
        let borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
        for span in spans(&text) {
            prop_assert!(borders.contains(&span.start) && borders.contains(&span.end));
        }
    }

    #[test]
    fn every_message_is_within_its_budget(text in prop_oneof![any::<String>(), prose()], budget in budget()) {
        let fitted = fit(&text, budget);
        let messages = messages(&fitted);
        prop_assert!(messages.len() <= budget.messages_max as usize);
        for message in messages {
            prop_assert!(segments(message).count <= budget.segments_max);
        }
    }

    #[test]
    fn a_split_loses_nothing_and_a_shortened_text_is_a_beginning(text in prose(), budget in budget()) {
        match fit(&text, budget) {
            Fit::Whole(whole) => prop_assert_eq!(letters(&whole), letters(&text)),
            Fit::Split(parts) => {
                prop_assert!(parts.len() >= 2);
                prop_assert_eq!(letters(&parts.concat()), letters(&text));
            }
            Fit::Shortened(kept) => {
                prop_assert!(!kept.is_empty());
                let sentences: Vec<String> = sentences(&text).into_iter().map(letters).collect();
                let beginnings: Vec<String> = (1..sentences.len()).map(|n| sentences[..n].concat()).collect();
                prop_assert!(beginnings.contains(&letters(&kept)));
            }
            Fit::TooLong => prop_assert!(segments(&prefer_gsm7(text.trim())).count > budget.segments_max),
        }
    }

    #[test]
    fn a_message_never_holds_half_of_a_thing(before in prose(), thing in prop::sample::select(UNBREAKABLE), after in prose(), budget in budget()) {
        // The marker makes the thing unique; without its spaces it must be found whole in one message, or not at all.
        let text = format!("{before} QQ {thing} ZZ {after}");
        let thing = letters(&format!("QQ {thing} ZZ"));
        for message in messages(&fit(&text, budget)) {
            let message = letters(message);
            prop_assert!(message.contains(&thing) || !(message.contains("QQ") || message.contains("ZZ")));
        }
    }
}
