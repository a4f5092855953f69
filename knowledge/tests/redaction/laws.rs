//! Laws that hold for every text.

use crate::messages::made;
use knowledge::personal_data::find::find;
use knowledge::personal_data::placeholders::Placeholders;
use knowledge::stages::personal::Personal;
use knowledge::stages::redact::redact;
use proptest::prelude::*;

/// Texts that are likely to come near a rule: pieces of numbers, addresses, links and placeholders in any order.
fn tricky() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "06 12 34 56 78",
        "4111 1111 1111 1111",
        "12/05/2024",
        "FR76 3000 6000 0112 3456 7890 189",
        "jo@example.org",
        "@",
        "[phone]",
        "[phone 1]",
        "[card 12",
        "]",
        "[",
        "order ",
        "pin is 4711",
        "https://x.example/a?b=1",
        "www.x",
        "+33",
        "(0)",
        "é",
        "👋",
        "\u{a0}",
        " ",
        "-",
        ".",
        "1",
        "2024",
        "555-0123",
        "219-09-9999",
        "AB-",
        "(at)",
        "tel ",
        "number ",
        "\n",
        "٣",
        "１２",
    ]);
    prop::collection::vec(prop_oneof![pieces.prop_map(str::to_owned), "\\PC{0,4}", "[0-9]{1,9}"], 0..14).prop_map(|parts| parts.concat())
}

fn holds(text: &str) {
    let once = redact(text);
    assert_eq!(redact(&once), once, "redacting twice is redacting once");
    let mut placeholders = Placeholders::new();
    let numbered = placeholders.redact(text);
    assert_eq!(placeholders.restore(&numbered), text, "what was redacted comes back");
    assert_eq!(Placeholders::new().redact(&numbered), numbered, "placeholders are nothing personal");
    let mut before = 0;
    for finding in find(text) {
        assert!(finding.span.start >= before && finding.span.start < finding.span.end, "findings stand in order and apart");
        assert!(text.get(finding.span.clone()).is_some(), "no character is split");
        before = finding.span.end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn redaction_is_idempotent_and_comes_back(text in tricky()) {
        holds(&text);
    }

    #[test]
    fn it_holds_for_any_text(text in "\\PC{0,80}") {
        holds(&text);
    }
}

#[test]
fn it_holds_for_made_messages() {
    made(2_000, 7).iter().for_each(|message| holds(&message.text));
}

#[test]
fn the_same_value_has_one_placeholder_in_a_whole_turn() {
    let mut placeholders = Placeholders::new();
    assert_eq!(placeholders.redact("call 06 12 34 56 78 or +1 202 555 0123"), "call [phone 1] or [phone 2]");
    assert_eq!(placeholders.redact("I said 06 12 34 56 78, jo@example.org"), "I said [phone 1], [email 1]");
    assert_eq!(
        placeholders.restore("We call [phone 1] and write to [email 1], not to [email 2]."),
        "We call 06 12 34 56 78 and write to jo@example.org, not to [email 2]."
    );
}

#[test]
fn a_placeholder_that_a_customer_writes_is_left_alone() {
    let mut placeholders = Placeholders::new();
    assert_eq!(placeholders.redact("what is [phone 1]? mine is 06 12 34 56 78"), "what is [phone 1]? mine is [phone 2]");
    assert_eq!(placeholders.restore("[phone 1] [phone 2]"), "[phone 1] 06 12 34 56 78");
}

#[test]
fn what_is_remembered_is_never_printed() {
    let mut placeholders = Placeholders::new();
    placeholders.redact("jo@example.org 06 12 34 56 78");
    assert_eq!(format!("{placeholders:?}"), "Placeholders { given: 2, .. }");
}

#[test]
fn names_of_a_conversation_are_replaced_and_come_back() {
    let message = |text: &str| triage::ticket::Message {
        id: triage::ticket::MessageId("m".to_owned()),
        author: triage::ticket::Author::Customer,
        at: "2026-03-01T09:00:00Z".parse().unwrap(),
        text: text.to_owned(),
        media: Vec::new(),
        carrier_answered: false,
    };
    let text = "my name is zoltan example and I wait. Zoltan Example, 06 12 34 56 78";
    let mut placeholders = Placeholders::with_names(Personal::of(&[message(text), message("This is Zoltan Example")]));
    let redacted = placeholders.redact(text);
    assert!(!redacted.to_lowercase().contains("zoltan"), "{redacted}");
    assert_eq!(placeholders.restore(&redacted), text);
}
