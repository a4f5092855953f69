//! What a whole worker is measured on.

use crate::measure::Timer;
use crate::measure::shop::{SEED, Shop};
use cli::config::load::load;
use cli::home::Home;
use cli::wiring;
use jiff::Timestamp;
use knowledge::learned::example::Example;
use knowledge::learned::training::train;
use serde_json::json;
use std::path::Path;
use triage::intent::{IntentCatalog, IntentName};

/// Labelled examples that the classifier is trained on.
const EXAMPLES: usize = 2_000;

/// Puts policy, knowledge and model into a folder, and what a peer reads: `passages.jsonl` and `examples.jsonl`. Returns the messages.
pub(crate) async fn prepare(folder: &Path, passages: usize, messages: usize) -> Vec<Vec<u8>> {
    let mut shop = Shop::of(passages);
    let source = shop.write(&folder.join("handbook"));
    let policy = "max_wrong_per_100 = 100\ndraft_max_wrong_per_100 = 100\ndefault_ceiling = \"reply\"\nuncalibrated_ceiling = \"reply\"\n[limits]\nintent_probability_min = 0.0\nout_of_scope_max = 1.0\n";
    std::fs::write(folder.join("policy.toml"), policy).unwrap();
    let config = load(None, Some(folder.join("data").to_str().unwrap())).unwrap();
    let home = Home::open(&config.data_dir).unwrap();
    let knowledge = wiring::knowledge(&config, &home).unwrap();
    knowledge.store.put_source(&source, Timestamp::now()).await.unwrap();
    let timer = Timer::start();
    let report = tests::test_worker::sync(&knowledge).run(&source, Timestamp::now(), &mut |_| {}).await.unwrap();
    println!("sync: {} passages in {:.1} s CPU", report.passages, timer.cpu_s());
    let examples: Vec<Example> = (0..EXAMPLES)
        .map(|_| {
            let (intent, text) = shop.asked();
            Example { text, intent: IntentName(format!("intent_{intent}")), language: None }
        })
        .collect();
    let model = train(&examples, &IntentCatalog::default(), knowledge.embedder.as_ref(), SEED).await.unwrap();
    Home::replace(&home.model(), &model.to_bytes().unwrap()).unwrap();
    let jsonl = |lines: Vec<serde_json::Value>| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let texts = shop.passages.iter().map(|text| json!({ "text": text })).collect();
    std::fs::write(folder.join("passages.jsonl"), jsonl(texts)).unwrap();
    let labelled = examples.iter().map(|example| json!({ "text": example.text, "intent": example.intent.0 })).collect();
    std::fs::write(folder.join("examples.jsonl"), jsonl(labelled)).unwrap();
    let message = |n| {
        let (_, text) = shop.asked();
        format!("{{\"v\":1,\"message_id\":\"m{n}\",\"from\":\"+1555{n:07}\",\"to\":\"+12025550100\",\"text\":\"{text}\"}}").into_bytes()
    };
    (0..messages).map(message).collect()
}
