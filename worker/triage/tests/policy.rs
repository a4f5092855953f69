//! The policy as an operator writes it, and everything that can be wrong with it.
#![allow(clippy::unwrap_used)]

mod common;

use common::intent;
use common::ports::catalog;
use triage::intent::IntentCatalog;
use triage::language::Language;
use triage::policy::{Ceiling, Policy, Texts};
use triage::rules::{Rule, Set, When};
use triage::ticket::Team;

const WRITTEN: &str = r#"{
    "max_wrong_per_100": 5,
    "max_wrong_per_100_for": { "shipping": 1 },
    "default_ceiling": "shadow",
    "ceilings": { "returns": "reply", "oos": "off" },
    "escalate": { "injury": "safety" },
    "sms": { "segments_max": 3 },
    "texts": { "help": { "en": "Marrowby Cycles", "fr": "Cycles Marrowby" } },
    "office_hours": { "time_zone": "America/New_York", "mon": ["09:00-12:30", "13:30-24:00"] },
    "rules": [{ "name": "lawyers", "when": { "keywords": ["lawyer"], "pattern": "\\bsue\\b" }, "set": { "team": "legal", "ceiling": "draft" } }]
}"#;

fn written() -> Policy {
    serde_json::from_str(WRITTEN).unwrap()
}

#[test]
fn what_is_not_written_has_its_default() {
    let policy = written();
    assert_eq!((policy.sms.segments_max, policy.sms.messages_max), (3, 1));
    assert_eq!(policy.limits, Policy::default().limits);
    assert_eq!(policy.uncalibrated_ceiling, Ceiling::Draft);
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
    assert_eq!(Policy::default().default_ceiling, Ceiling::Draft, "nothing is sent unless the operator says so");
}

#[test]
fn ceilings_and_dials_are_the_intents_own_or_else_those_of_all() {
    let policy = written();
    for (name, ceiling, dial) in [("returns", Ceiling::Reply, 5.0), ("shipping", Ceiling::Shadow, 1.0), ("oos", Ceiling::Off, 5.0)] {
        assert_eq!((policy.ceiling(&intent(name)), policy.dial(&intent(name))), (ceiling, dial), "{name}");
    }
    assert!(Ceiling::Off < Ceiling::Shadow && Ceiling::Shadow < Ceiling::Draft && Ceiling::Draft < Ceiling::Reply);
}

#[test]
fn a_policy_is_read_back_as_it_was_written() {
    let json = serde_json::to_string(&written()).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), written());
}

#[test]
fn a_key_or_value_that_nobody_knows_is_refused() {
    for text in [
        r#"{ "max_wrong_per_hundred": 5 }"#,
        r#"{ "default_ceiling": "send" }"#,
        r#"{ "limits": { "passages": 5 } }"#,
        r#"{ "texts": { "help": { "english": "hi" } } }"#,
        r#"{ "office_hours": { "time_zone": "Europe/Paris", "mon": ["18:00-09:00"] } }"#,
        r#"{ "rules": [{ "name": "r", "when": { "pattern": "(" }, "set": {} }] }"#,
        r#"{ "rules": [{ "name": "r", "when": {}, "set": { "action": "reply" } }] }"#,
    ] {
        assert!(serde_json::from_str::<Policy>(text).is_err(), "{text}");
    }
}

#[test]
fn a_text_is_picked_in_the_customers_language_or_english_or_whatever_there_is() {
    let texts = written().texts.help;
    let pick = |language| Texts::pick(&texts, language).map(String::as_str);
    assert_eq!(pick(Some(Language::FR)), Some("Cycles Marrowby"));
    assert_eq!(pick(Some(Language::DE)), Some("Marrowby Cycles"));
    assert_eq!(pick(None), Some("Marrowby Cycles"));
    let only_french = texts.into_iter().filter(|(language, _)| *language == Language::FR).collect();
    assert_eq!(Texts::pick(&only_french, None).map(String::as_str), Some("Cycles Marrowby"));
    assert_eq!(Texts::pick(&Texts::default().help, None), None);
}

#[test]
fn a_policy_that_can_be_used_has_no_faults() {
    assert_eq!(written().faults(&catalog(&["returns", "shipping", "injury"])), Vec::<String>::new());
    assert_eq!(Policy::default().faults(&IntentCatalog::default()), Vec::<String>::new());
    assert_eq!(written().faults(&IntentCatalog::default()), Vec::<String>::new(), "without a catalogue no name can be wrong");
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let mut policy = written();
    policy.max_wrong_per_100 = 101.0;
    policy.max_wrong_per_100_for.insert(intent("returns"), -1.0);
    policy.draft_max_wrong_per_100 = f64::NAN;
    policy.limits.out_of_scope_max = 75.0;
    policy.limits.passages_max = 0;
    policy.sms.messages_max = 0;
    policy.office_hours.as_mut().unwrap().time_zone = "Europe/Pariss".to_owned();
    policy.ceilings.insert(intent("retuns"), Ceiling::Reply);
    policy.escalate.insert(intent("retuns"), Team("desk".to_owned()));
    let when = When { intents: vec![intent("shiping")], ..When::default() };
    policy.rules.push(Rule { name: "typo".to_owned(), when, set: Set::default() });

    let faults = policy.faults(&catalog(&["returns", "shipping", "injury"]));
    let expected = [
        "max_wrong_per_100 is 101",
        "max_wrong_per_100_for is -1",
        "draft_max_wrong_per_100 is NaN",
        "limits.out_of_scope_max is 75",
        "limits.passages_max",
        "sms.messages_max",
        "Europe/Pariss",
        "`retuns`",
        "`shiping`",
    ];
    for part in expected {
        assert_eq!(faults.iter().filter(|fault| fault.contains(part)).count(), 1, "{part}: {faults:?}");
    }
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
}
