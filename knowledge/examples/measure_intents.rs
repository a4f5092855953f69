//! Measures the local classifier on labelled files.
//!
//! `cargo run --release -p knowledge --example measure_intents -- [--embedder hashed|static] TRAIN.jsonl [TEST.jsonl]`
//!
//! A line is `{"text": …, "intents": [name, …]}`. Without a test file every fifth line of the first file is held out. Prints accuracy in
//! scope, the quality of the out-of-scope score where the test file has `oos` lines, the times and the size of the model.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

use knowledge::learned::example::Example;
use knowledge::learned::hashed_embedder::HashedEmbedder;
use knowledge::learned::model::Model;
use knowledge::learned::static_table::embedder::StaticEmbedder;
use knowledge::learned::training::train;
use knowledge::ports::embedder::{Embedder, Embedding};
use serde::Deserialize;
use std::error::Error;
use std::time::Instant;
use triage::intent::{IntentCatalog, IntentName};

/// Every so many-th line is held out when there is no test file.
const HELD_OUT: usize = 5;

#[derive(Deserialize)]
struct Line {
    text: String,
    intents: Vec<IntentName>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut embedder: Box<dyn Embedder> = Box::new(HashedEmbedder);
    if arguments.next_if(|argument| argument == "--embedder").is_some() {
        embedder = match arguments.next().as_deref() {
            Some("static") => Box::new(StaticEmbedder::new()?),
            Some("hashed") => embedder,
            Some(_) | None => return Err("--embedder is hashed or static".into()),
        };
    }
    let first = read(&arguments.next().ok_or("usage: measure_intents [--embedder hashed|static] TRAIN.jsonl [TEST.jsonl]")?)?;
    let (known, unseen): (Vec<Example>, Vec<Example>) = match arguments.next() {
        Some(path) => (first, read(&path)?),
        None => {
            let parts: (Vec<_>, Vec<_>) = first.into_iter().enumerate().partition(|(at, _)| at % HELD_OUT != 0);
            (parts.0.into_iter().map(|(_, example)| example).collect(), parts.1.into_iter().map(|(_, example)| example).collect())
        }
    };
    let started = Instant::now();
    let model = train(&known, &IntentCatalog::default(), embedder.as_ref(), 1).await?;
    println!("train: {} examples, {} intents, {:.1} s", known.len(), model.parts().intents.len(), started.elapsed().as_secs_f64());
    println!(
        "model: {:.2} MB, {} features, {:?}",
        model.to_bytes()?.len() as f64 / 1e6,
        model.parts().minds.vocabulary.len(),
        model.parts().minds.calibration
    );
    let started = Instant::now();
    let texts: Vec<&str> = unseen.iter().map(|example| example.text.as_str()).collect();
    let embeddings = embedder.embed(&texts).await?;
    let micros = started.elapsed().as_secs_f64() * 1e6 / unseen.len().max(1) as f64;
    println!("embedder: {}, {} dimensions, {micros:.1} µs a message", embedder.name(), embedder.dimensions());
    measure(&model, &unseen, &embeddings);
    Ok(())
}

fn read(path: &str) -> Result<Vec<Example>, Box<dyn Error>> {
    let mut examples = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let line: Line = serde_json::from_str(line)?;
        if let Some(intent) = line.intents.into_iter().next() {
            examples.push(Example { text: line.text, intent, language: None });
        }
    }
    Ok(examples)
}

fn measure(model: &Model, unseen: &[Example], embeddings: &[Embedding]) {
    let minds = &model.parts().minds;
    let (mut right, mut inside, mut loss_gap) = (0usize, 0usize, 0.0f64);
    let mut scores: Vec<(f64, bool)> = Vec::new();
    let started = Instant::now();
    for (example, embedding) in unseen.iter().zip(embeddings) {
        let reading = minds.read(&example.text, embedding);
        let is_outside = example.intent.is_out_of_scope();
        scores.push((model.parts().scope.outside(&reading, minds.outside), is_outside));
        if is_outside {
            continue;
        }
        let inside_only = reading.probabilities.iter().enumerate().filter(|(class, _)| Some(*class) != minds.outside);
        let best = inside_only.max_by(|a, b| a.1.total_cmp(b.1));
        let hit = best.and_then(|(class, _)| model.parts().intents.get(class)) == Some(&example.intent);
        inside += 1;
        right += usize::from(hit);
        loss_gap += best.map_or(0.0, |(_, probability)| *probability) - f64::from(u8::from(hit));
    }
    let micros = started.elapsed().as_secs_f64() * 1e6 / unseen.len().max(1) as f64;
    println!(
        "test: {} in scope, accuracy {:.2} %, mean confidence less accuracy {:+.3}",
        inside,
        100.0 * right as f64 / inside.max(1) as f64,
        loss_gap / inside.max(1) as f64
    );
    println!("time: {micros:.0} µs a message, neighbours included, embedding not");
    let started = Instant::now();
    let scored = unseen.iter().map(|e| minds.vocabulary.vector(&triage::text::plain_without_digits(&e.text)));
    let sum: f32 = scored.map(|row| minds.linear.log_probabilities(&row).first().copied().unwrap_or(0.0)).sum();
    println!(
        "time: {:.0} µs a message for n-grams alone (checksum {sum:.1})",
        started.elapsed().as_secs_f64() * 1e6 / unseen.len().max(1) as f64
    );
    report_scope(&mut scores);
}

/// Area under the ROC curve of the out-of-scope score, and what is flagged at 0.5 and 0.75.
fn report_scope(scores: &mut [(f64, bool)]) {
    let outside = scores.iter().filter(|(_, outside)| *outside).count();
    if outside == 0 || outside == scores.len() {
        return;
    }
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut pairs) = (0usize, 0usize);
    for (_, is_outside) in scores.iter() {
        if *is_outside { pairs += below } else { below += 1 }
    }
    println!("out of scope: {outside} messages, AUROC {:.3}", pairs as f64 / (outside * below) as f64);
    for threshold in [0.5, 0.75] {
        let flagged = |wanted: bool| scores.iter().filter(|(score, is)| *is == wanted && *score > threshold).count() as f64;
        println!(
            "  above {threshold}: {:.1} % of those outside, {:.1} % of those inside",
            100.0 * flagged(true) / outside as f64,
            100.0 * flagged(false) / below as f64
        );
    }
}
