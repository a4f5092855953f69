//! `whimbrel evaluate`, through the program.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use serde_json::Value;
use std::process::{Command, Output};
use tempfile::TempDir;

/// What is asked about each of six matters, in six ways.
const MATTERS: [(&str, [&str; 6]); 6] = [
    (
        "hours",
        [
            "when do you open",
            "what time do you close",
            "are you open on sunday",
            "opening hours please",
            "closing time today",
            "is the shop open now",
        ],
    ),
    (
        "order",
        [
            "where is my order",
            "has my order shipped",
            "track my order",
            "my order has not arrived",
            "order status please",
            "my order is late",
        ],
    ),
    (
        "refund",
        [
            "i want a refund",
            "when do i get my refund",
            "refund not here yet",
            "money back please",
            "how long does a refund take",
            "refund my card",
        ],
    ),
    (
        "repair",
        [
            "my bike needs a repair",
            "can you repair a flat tire",
            "repair my brakes",
            "book a repair",
            "how long is the repair queue",
            "repair price",
        ],
    ),
    (
        "gift",
        [
            "do gift cards expire",
            "buy a gift card",
            "gift card balance",
            "use a gift card online",
            "lost my gift card",
            "gift card as a present",
        ],
    ),
    (
        "shipping",
        ["do you ship to canada", "shipping cost", "how long is shipping", "international shipping", "is shipping free", "shipping abroad"],
    ),
];

fn house() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whimbrel")).args(arguments).current_dir(folder.path()).output().unwrap()
}

fn write(folder: &TempDir, name: &str, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.path().join(name), text).unwrap();
}

/// Five of the six ways to learn from, the sixth to judge on, with some messages about nothing of the kind.
fn labelled(folder: &TempDir) {
    let row = |text: &str, intent: &str| serde_json::json!({"text": text, "intents": [intent], "lang": "en"});
    let train: Vec<Value> = MATTERS.iter().flat_map(|(intent, texts)| texts[..5].iter().map(|text| row(text, intent))).collect();
    let outside =
        ["who won the football match", "sing me a song about the sea", "what is the capital of peru"].map(|text| row(text, "oos"));
    let test: Vec<Value> = MATTERS.iter().map(|(intent, texts)| row(texts[5], intent)).chain(outside).collect();
    write(folder, "train.jsonl", &train);
    write(folder, "test.jsonl", &test);
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn intents_are_judged_with_the_usual_figures() {
    let folder = house();
    labelled(&folder);
    let figures = json(&run(&folder, &["evaluate", "intents", "--train", "train.jsonl", "--test", "test.jsonl", "--json"]));
    for name in [
        "accuracy",
        "accuracy_in_scope",
        "macro_f1",
        "mcc_best",
        "ece",
        "aurc",
        "auroc_out_of_scope",
        "coverage_at_95_precision",
        "microseconds_per_message",
    ] {
        assert!(figures[name].is_f64(), "{name}: {}", figures[name]);
    }
    assert_eq!(
        (figures["messages"].as_u64(), figures["messages_out_of_scope"].as_u64(), figures["intents"].as_u64()),
        (Some(9), Some(3), Some(6))
    );
    assert!(figures["accuracy_in_scope"].as_f64().unwrap() > 0.8, "{figures}");
    assert!(figures["auroc_out_of_scope"].as_f64().unwrap() > 0.8, "{figures}");
}

#[test]
fn the_same_files_give_the_same_figures() {
    let folder = house();
    labelled(&folder);
    let judge = || {
        let mut figures = json(&run(
            &folder,
            &["evaluate", "intents", "--train", "train.jsonl", "--test", "test.jsonl", "--out-of-scope-share", "0.3", "--json"],
        ));
        for time in ["microseconds_per_message", "training_seconds"] {
            figures.as_object_mut().unwrap().remove(time);
        }
        figures
    };
    let first = judge();
    assert_eq!(first, judge());
    assert_eq!(first["at_stated_share"]["out_of_scope_share"].as_f64(), Some(0.3));
}

#[test]
fn a_faulty_line_is_named() {
    let folder = house();
    labelled(&folder);
    std::fs::write(folder.path().join("broken.jsonl"), "{\"text\":\"a\",\"intents\":[\"b\"]}\n{\"text\":5}\n").unwrap();
    let output = run(&folder, &["evaluate", "intents", "--train", "broken.jsonl", "--test", "test.jsonl"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("broken.jsonl` line 2"), "{said}");
}

#[test]
fn retrieval_finds_what_was_asked_in_other_words_and_past_questions_help() {
    let folder = house();
    let entries: Vec<Value> = MATTERS
        .iter()
        .map(|(matter, texts)| serde_json::json!({"doc_id": matter, "question": texts[0], "answers": [format!("All about {matter}, as told by the shop.")]}))
        .collect();
    let asked = |split: &str, way: usize| {
        let row = move |(matter, texts): &(&str, [&str; 6])| serde_json::json!({"id": format!("{matter}{way}"), "text": texts[way], "relevant": [matter], "split": split});
        MATTERS.iter().map(row).collect::<Vec<Value>>()
    };
    write(&folder, "entries.jsonl", &entries);
    write(
        &folder,
        "queries.jsonl",
        &[asked("history", 1), asked("history", 2), asked("history", 4), asked("test", 5), asked("test", 3)].concat(),
    );
    let plain = json(&run(&folder, &["evaluate", "retrieval", "--documents", "entries.jsonl", "--queries", "queries.jsonl", "--json"]));
    let helped = json(&run(
        &folder,
        &["evaluate", "retrieval", "--documents", "entries.jsonl", "--queries", "queries.jsonl", "--history", "queries.jsonl", "--json"],
    ));
    for name in ["recall_at_1", "recall_at_5", "mrr_at_10", "ndcg_at_10", "auroc", "coverage_at_95_precision"] {
        assert!(helped[name].is_f64(), "{name}: {}", helped[name]);
    }
    assert_eq!((plain["queries"].as_u64(), plain["history"].as_u64(), helped["history"].as_u64()), (Some(12), Some(0), Some(18)));
    assert!(helped["recall_at_1"].as_f64() >= plain["recall_at_1"].as_f64(), "{plain} {helped}");
    assert!(helped["recall_at_1"].as_f64().unwrap() > 0.8, "{helped}");
}
