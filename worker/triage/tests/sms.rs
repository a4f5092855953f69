//! The arithmetic of SMS, through its public door: vendor vectors and tables of cases. Its laws are in `sms_laws.rs`.

use serde::Deserialize;
use triage::sms::encoding::{Encoding, non_gsm, septets};
use triage::sms::fit::{Budget, Fit, fit};
use triage::sms::preview::preview;
use triage::sms::price::{MicroUsd, PriceTable};
use triage::sms::segments::segments;
use triage::sms::sentence::sentences;
use triage::sms::smart::{prefer_gsm7, smart_replace};
use unicode_segmentation::UnicodeSegmentation;

const ONE_SEGMENT: Budget = Budget { segments_max: 1, messages_max: 1 };

// --- encoding, segments, smart replacement -------------------------------------------------------------------------

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    text: String,
    plain: Expected,
    smart_encoding: Expected,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Expected {
    encoding: Encoding,
    segments: u32,
    /// Septets in GSM-7, grapheme clusters in UCS-2: the habit of the program that made the vectors.
    characters: usize,
}

fn measured(text: &str) -> Expected {
    let size = segments(text);
    let characters = match size.encoding {
        Encoding::Gsm7 => size.units as usize,
        Encoding::Ucs2 => text.graphemes(true).count(),
    };
    Expected { encoding: size.encoding, segments: size.count, characters }
}

fn vectors() -> serde_json::Result<Vectors> {
    serde_json::from_str(include_str!("vectors/sms-segment-vectors.json"))
}

#[test]
fn no_vector_is_missing() {
    assert_eq!(vectors().unwrap().vectors.len(), 46);
}

#[test]
fn every_vector_is_counted_as_the_vendor_counts_it() {
    for vector in vectors().unwrap().vectors {
        assert_eq!(measured(&vector.text), vector.plain, "{}", vector.name);
    }
}

#[test]
fn every_vector_is_replaced_as_the_vendor_replaces_it() {
    for vector in vectors().unwrap().vectors {
        // The vendor's program does not normalise; we do, which turns this one text into cheap GSM-7.
        let expected = match vector.name.as_str() {
            "combining_e" => Expected { encoding: Encoding::Gsm7, segments: 1, characters: 3 },
            _ => vector.smart_encoding,
        };
        assert_eq!(measured(&smart_replace(&vector.text)), expected, "{}", vector.name);
    }
}

#[test]
fn the_units_of_an_emoji_are_its_utf_16_code_units() {
    assert_eq!(segments("\u{1F600}").units, 2);
    assert_eq!(segments("\u{1F468}\u{200D}\u{1F469}").units, 5);
}

#[test]
fn a_pair_is_never_split_over_two_segments() {
    // 306 septets fill two parts, unless the pair of a euro sign lies across their border.
    assert_eq!(segments(&format!("{}€{}", "a".repeat(151), "a".repeat(153))).count, 2);
    assert_eq!(segments(&format!("{}€{}", "a".repeat(152), "a".repeat(152))).count, 3);
    assert_eq!(segments(&format!("{}\u{1F600}{}", "ç".repeat(65), "ç".repeat(67))).count, 2);
    assert_eq!(segments(&format!("{}\u{1F600}{}", "ç".repeat(66), "ç".repeat(66))).count, 3);
}

#[test]
fn the_alphabet_has_137_characters_and_names_the_strangers() {
    let alphabet: Vec<char> = (0..=0xFFFF).filter_map(char::from_u32).filter(|c| septets(*c).is_some()).collect();
    assert_eq!(alphabet.len(), 137);
    assert_eq!((septets('a'), septets('€'), septets('ç')), (Some(1), Some(2), None));
    assert_eq!(non_gsm("Reçu, ça va être reçu…"), ['ç', 'ê', '…']);
}

#[test]
fn the_encoding_is_written_by_its_usual_name() {
    assert_eq!(serde_json::to_string(&Encoding::Gsm7).unwrap(), r#""GSM-7""#);
    assert_eq!(serde_json::from_str::<Encoding>(r#""UCS-2""#).unwrap(), Encoding::Ucs2);
}

#[test]
fn typography_is_made_plain_only_when_that_makes_it_cheap() {
    let cases = [
        ("Can’t wait — see “you”…", "Can't wait - see \"you\"..."),
        ("Merci\u{A0}! 1\u{202F}234,50\u{A0}€", "Merci ! 1 234,50 €"),
        ("e\u{301}te\u{301}", "été"),
        ("L’œuvre est prête…", "L’œuvre est prête…"),
        ("您好。“谢谢”", "您好。“谢谢”"),
    ];
    for (text, sent) in cases {
        assert_eq!(prefer_gsm7(text), sent);
    }
}

// --- sentences -----------------------------------------------------------------------------------------------------

#[test]
fn sentences_end_where_a_reader_would_end_them() {
    // A bar marks each border.
    let cases = [
        "Hello. | How are you? | Fine!",
        "Wait… what? | No… | Yes... | Well... maybe.",
        "hello there. | where is my order? | thanks",
        "¿Dónde está mi pedido? | ¡Ya llega! | Gracias.",
        "Vraiment ? | Oui ! | Merci.",
        "« Bonjour. » | Il est parti.",
        "« Quoi ? » dit-il. | Rien.",
        "He said \"Stop.\" | Then he left.",
        "(It is free.) | Call us.",
        "Really?! | Yes!!!",
        "Visit https://example.com/a?b=c. | Then log in.",
        "Write to help@example.com. | We answer at 12:30. | It costs $5.50. | Thanks.",
        "\u{1F600} Thanks! | \u{1F44D} Done.",
    ];
    for case in cases {
        let expected: Vec<&str> = case.split(" | ").collect();
        assert_eq!(sentences(&expected.join(" ")), expected);
    }
}

#[test]
fn a_line_break_is_always_a_border() {
    let list = "Do this:\n1. Open the app.\r\n2. Tap Pay, e.g.\n\n now";
    assert_eq!(sentences(list), ["Do this:", "1. Open the app.", "2. Tap Pay, e.g.", "now"]);
}

#[test]
fn east_asian_and_inverted_marks_need_no_space() {
    assert_eq!(sentences("请稍等。谢谢！再见"), ["请稍等。", "谢谢！", "再见"]);
    assert_eq!(sentences("¡Hola!¿Qué tal?"), ["¡Hola!", "¿Qué tal?"]);
}

#[test]
fn a_sentence_is_not_cut_at_a_period_that_means_something_else() {
    let cases = [
        "See https://example.com/a.b?c=d!e.f or www.example.org for more",
        "Write to first.last@example.co.uk today",
        "It costs $1,234.50 or 1.234,50 € until 12.05.2025 at 12:30",
        "Call 555. 123. 4567 or +1.555.123.4567",
        "Ask for No. 5 or Nr. 7 or nº. 9 on p. 12",
        "Use a card, e.g. Visa, i.e. Mastercard or a U.S. Bank",
        "Open 9 a.m. to 5 p.m. Monday to Friday",
        "Dr. Smith and Mrs. Jones live in St. Ives near Park Ave. North",
        "J. R. Smith will call",
        "Voir l'art. 5, M. Dupont et Mme. Durand, p. ex. Paris",
        "El Sr. García y la Sra. López, p.ej. Ud. Mismo",
        "Am 3. Mai im 2. Stock, z.B. bei Fr. Weber, d.h. bzw. Oben, Str. Nord",
        "1. Open the app",
        "We ship on Jan. 5 and Sept. 12",
        "Tel. +33 1 23 45 67 89, ext. 12",
        "approx. two days or etc. and more",
    ];
    for text in cases {
        assert_eq!(sentences(text), [text]);
    }
}

#[test]
fn the_word_no_can_still_be_an_answer() {
    assert_eq!(sentences("No. You cannot."), ["No.", "You cannot."]);
    assert_eq!(sentences("It takes 5 min. Please wait."), ["It takes 5 min.", "Please wait."]);
    assert_eq!(sentences("You have 12. Call us."), ["You have 12.", "Call us."]);
}

#[test]
fn a_text_of_blanks_has_no_sentence() {
    assert!(sentences("").is_empty());
    assert!(sentences(" \n\u{A0}\t ").is_empty());
}

// --- fit -----------------------------------------------------------------------------------------------------------

#[test]
fn a_short_answer_is_sent_whole_and_plain() {
    assert_eq!(fit("  Your parcel’s on its way…  ", ONE_SEGMENT), Fit::Whole("Your parcel's on its way...".into()));
    assert_eq!(fit("Votre commande est prête.", ONE_SEGMENT), Fit::Whole("Votre commande est prête.".into()));
    assert_eq!(fit("", ONE_SEGMENT), Fit::Whole(String::new()));
}

#[test]
fn a_long_answer_loses_whole_sentences_from_its_end() {
    let kept = format!("{} one. {} two.", "A".repeat(90), "B".repeat(50));
    let text = format!("{kept} {} three.", "C".repeat(90));
    assert_eq!(fit(&text, ONE_SEGMENT), Fit::Shortened(kept));
}

#[test]
fn a_shortened_answer_does_not_end_in_an_announcement() {
    let text = format!("You can pay online. To do so:\n{}", "step ".repeat(40));
    assert_eq!(fit(&text, ONE_SEGMENT), Fit::Shortened("You can pay online.".into()));
}

#[test]
fn dropping_the_only_expensive_sentence_makes_the_rest_cheap() {
    let text = format!("{} ‘one’. {} ça, reçu.", "a".repeat(100), "b".repeat(60));
    assert_eq!(fit(&text, ONE_SEGMENT), Fit::Shortened(format!("{} 'one'.", "a".repeat(100))));
}

#[test]
fn an_answer_that_would_lose_everything_is_too_long() {
    let endless = "word ".repeat(60);
    assert_eq!(fit(&endless, ONE_SEGMENT), Fit::TooLong);
    assert_eq!(fit(&endless, Budget { segments_max: 1, messages_max: 9 }), Fit::TooLong);
    assert_eq!(fit("Hi.", Budget { segments_max: 0, messages_max: 1 }), Fit::TooLong);
    assert_eq!(fit("Hi.", Budget { segments_max: 1, messages_max: 0 }), Fit::TooLong);
}

#[test]
fn a_long_answer_is_split_when_several_messages_are_allowed() {
    let (one, two, three) = (format!("{}.", "a".repeat(99)), format!("{}.", "b".repeat(99)), format!("{}.", "c".repeat(50)));
    let text = format!("{one} {two}\n{three}");
    let parts = vec![one.clone(), format!("{two}\n{three}")];
    assert_eq!(fit(&text, Budget { segments_max: 1, messages_max: 2 }), Fit::Split(parts));
    // A split that would lose something is no split: the first message must then stand alone.
    let longer = format!("{text} {}.", "d".repeat(99));
    assert_eq!(fit(&longer, Budget { segments_max: 1, messages_max: 2 }), Fit::Shortened(one));
}

// --- price ---------------------------------------------------------------------------------------------------------

#[test]
fn money_is_printed_to_the_last_millionth_that_counts() {
    let cases = [(0, "$0.00"), (7_900, "$0.0079"), (1, "$0.000001"), (16_000, "$0.016"), (100_000, "$0.10"), (12_345_678, "$12.345678")];
    for (micros, printed) in cases {
        assert_eq!(MicroUsd(micros).to_string(), printed);
    }
}

#[test]
fn the_longest_prefix_sets_the_price() {
    let prices: PriceTable = serde_json::from_str(
        r#"{ "+1": { "outbound_micros": 10, "inbound_micros": 1 }, "1876": { "outbound_micros": 200, "inbound_micros": 2 },
             "33": { "outbound_micros": 80, "inbound_micros": 8 } }"#,
    )
    .unwrap();
    assert_eq!(prices.outbound("+12025550123", 3), MicroUsd(30));
    assert_eq!(prices.outbound("+18765550123", 3), MicroUsd(600));
    assert_eq!(prices.inbound("+33123456789", 2), MicroUsd(16));
    assert_eq!(prices.outbound("+49301234567", 1), MicroUsd(200), "an unknown country is priced as the dearest");
    assert_eq!(prices.outbound("+33123456789", u32::MAX), MicroUsd(80 * u64::from(u32::MAX)));
}

#[test]
fn the_empty_prefix_is_everywhere_else() {
    let prices: PriceTable = serde_json::from_str(
        r#"{ "": { "outbound_micros": 5, "inbound_micros": 1 }, "44": { "outbound_micros": 9, "inbound_micros": 1 } }"#,
    )
    .unwrap();
    assert_eq!(prices.outbound("+49301234567", 1), MicroUsd(5));
    assert_eq!(prices.outbound("+442071234567", 1), MicroUsd(9));
}

#[test]
fn a_price_table_reads_back_what_it_wrote_and_refuses_a_misspelt_price() {
    let written = serde_json::to_string(&PriceTable::default()).unwrap();
    assert_eq!(serde_json::from_str::<PriceTable>(&written).unwrap(), PriceTable::default());
    assert!(serde_json::from_str::<PriceTable>(r#"{ "1": { "outbound": 1, "inbound": 1 } }"#).is_err());
}

#[test]
fn a_preview_shows_size_and_price_together() {
    let seen = preview(&"a".repeat(161), "+12025550123", &PriceTable::default());
    assert_eq!((seen.encoding, seen.segments, seen.units), (Encoding::Gsm7, 2, 161));
    assert_eq!(seen.price, PriceTable::default().outbound("+12025550123", 2));
}
