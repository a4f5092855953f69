//! Fits the weights that ship for telling what lies outside all intents, and writes them as Rust.
//!
//! `cargo run --release -p knowledge --example fit_scope -- TRAIN.jsonl[,VALID.jsonl] ... > knowledge/src/learned/scope_prior.rs`
//!
//! Every argument is one company: labelled training messages, and, where there are any, labelled validation messages among which
//! some lie outside. Each company counts alike. Messages of a `test` split must not be given.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

use flate2::read::MultiGzDecoder;
use knowledge::learned::data::Item;
use knowledge::learned::example::Example;
use knowledge::learned::measures::MEASURES;
use knowledge::learned::scope::{Sample, outside_observations, right_observations};
use knowledge::learned::static_table::embedder::StaticEmbedder;
use knowledge::learned::training::{calibrate, prepare, sample, scope_samples, usable};
use serde::Deserialize;
use std::error::Error;
use std::io::Read;
use triage::intent::{IntentCatalog, IntentName};
use triage::logistic::{Logistic, Observation};
use triage::random::Random;

/// What one company counts, in observations.
const COMPANY_WEIGHT: f64 = 500.0;
/// Strength of the L2 penalty.
const PENALTY: f64 = 3.0;

#[derive(Deserialize)]
struct Line {
    text: String,
    intents: Vec<IntentName>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut outside, mut right) = (Vec::new(), Vec::new());
    for argument in std::env::args().skip(1) {
        let samples = company(&argument).await?;
        eprintln!("{argument}: {} samples", samples.len());
        outside.extend(weighed(outside_observations(&samples)));
        right.extend(weighed(right_observations(&samples)));
    }
    println!("//! The weights that ship: fitted on public sets of several trades by `examples/fit_scope.rs`, on no test row.");
    println!("//!");
    println!("//! Written by a program; a change of any measure asks for a new fit.");
    println!();
    println!("use crate::learned::measures::MEASURES;");
    println!("use triage::logistic::Logistic;");
    print("Log-odds of lying outside all intents.", "outside", &Logistic::fit(&outside, PENALTY));
    print("Log-odds of the first intent being right, inside.", "right", &Logistic::fit(&right, PENALTY));
    Ok(())
}

/// What minds that have not seen a message say of it, for all messages of one company.
async fn company(argument: &str) -> Result<Vec<Sample>, Box<dyn Error>> {
    let embedder = StaticEmbedder::new()?;
    let (train, valid) = argument.split_once(',').map_or((argument, None), |(train, valid)| (train, Some(valid)));
    let examples = usable(&read(train)?, &IntentCatalog::default());
    let mut random = Random::seeded(1);
    let (data, intents) = prepare(&examples, &embedder, 1, &mut random).await?;
    let calibration = calibrate(&data, &mut random);
    let mut samples = scope_samples(&data, calibration, &mut random);
    if let Some(valid) = valid {
        let minds = data.fit(calibration);
        let classes: Vec<usize> = (0..data.classes).collect();
        for example in read(valid)? {
            let embedding = embedder.embed_one(&example.text);
            let class = intents.binary_search(&example.intent).unwrap_or(usize::MAX);
            samples.push(sample(&minds, &classes, &Item { text: example.text, embedding, copies: Vec::new(), class }, data.outside));
        }
    }
    Ok(samples)
}

/// Together worth [`COMPANY_WEIGHT`].
fn weighed(observations: Vec<Observation>) -> impl Iterator<Item = Observation> {
    let total: f64 = observations.iter().map(|observation| observation.weight).sum();
    observations
        .into_iter()
        .map(move |observation| Observation { weight: observation.weight * COMPANY_WEIGHT / total.max(1.0), ..observation })
}

fn read(path: &str) -> Result<Vec<Example>, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let mut text = String::new();
    match path.ends_with(".gz") {
        true => MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?,
        false => bytes.as_slice().read_to_string(&mut text)?,
    };
    let mut examples = Vec::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line)?;
        if let Some(intent) = line.intents.into_iter().next() {
            examples.push(Example { text: line.text, intent, language: None });
        }
    }
    Ok(examples)
}

fn print(doc: &str, name: &str, fitted: &Logistic) {
    let numbers = |values: &[f64]| values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(", ");
    println!();
    println!("/// {doc}");
    println!("pub fn {name}() -> Logistic {{");
    for (field, values) in [("mean", &fitted.mean), ("scale", &fitted.scale), ("weights", &fitted.weights)] {
        println!("    let {field}: [f64; MEASURES] = [{}];", numbers(values));
    }
    println!("    Logistic {{ mean: mean.to_vec(), scale: scale.to_vec(), weights: weights.to_vec(), bias: {:.4} }}", fitted.bias);
    println!("}}");
    assert_eq!(fitted.weights.len(), MEASURES);
}
