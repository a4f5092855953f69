//! What a Python shop would use instead, beside ours on the same texts in one run: retrieval and classification. `make peers`
//! prints the ratios. The peers' programs and the texts stand in `../shared/perf` (`WHIMBREL_SHARED`), their packages are
//! installed below the target folder; what is missing is left out by name.
//!
//! The peers embed by hashing words, which costs next to nothing: their figures are those of the engine alone. Ours are those
//! of the whole product, with the built-in table and the passages fetched from the store.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod measure;

use cli::config::load::load;
use cli::home::Home;
use cli::wiring;
use jiff::Timestamp;
use knowledge::learned::example::Example;
use knowledge::learned::training::train;
use measure::shop::{SEED, Shop};
use measure::{Timer, peers, rss_mb};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::runtime::Runtime;
use triage::evidence::Query;
use triage::intent::{IntentCatalog, IntentName};
use triage::ports::Retriever;

/// Tickets that classifiers are trained on, and those that follow them to classify.
const TRAINED: usize = 10_000;
const CLASSIFIED: usize = 2_000;
/// Questions to the retrievers at most.
const QUESTIONS: usize = 500;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = std::env::var_os("WHIMBREL_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from).join("perf/py");
    let Some(corpus) = corpus(&shared) else {
        println!("left out: peers (no perf in ../shared, or no python3)");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    println!("retrieval, 10,000 passages: ms CPU a query, right passage among ten, MB");
    let ours = retrieval(&runtime, &corpus, 10_000);
    hybrid(&corpus, 10_000, &ours);
    for (name, script, packages) in FRAMEWORKS {
        let Some(python) = peers::python(name, packages) else { continue };
        let mut command = Command::new(python);
        let Some(theirs) = peers::figures(command.arg(shared.join("rag.py")).arg(script).arg(&corpus).arg("10000")) else { continue };
        row(script, number(&theirs, "ms_cpu_q"), number(&theirs, "hit10"), number(&theirs, "peak_mb"), ours.cpu_ms);
    }
    println!("\nretrieval, 100,000 passages");
    let ours = retrieval(&runtime, &corpus, 100_000);
    hybrid(&corpus, 100_000, &ours);
    println!("\nclassification, {TRAINED} tickets, 77 intents, one message at a time: us CPU, accuracy");
    let ours = classification(&runtime, &corpus);
    let Some(python) = peers::python("misc", MISC) else { return };
    let theirs = peers::all_figures(Command::new(python).arg(shared.join("classify.py")).arg(&corpus)).unwrap_or_default();
    for peer in theirs.iter().filter(|peer| peer["us_cpu_single"].is_number()) {
        let (us, accuracy) = (number(peer, "us_cpu_single"), number(peer, "acc"));
        println!("{:32} {us:9.1} {accuracy:6.3} {:6.1} times ours", peer["peer"].as_str().unwrap(), us / ours);
    }
}

/// Name of the environment, argument of the peers' program, packages.
const FRAMEWORKS: [(&str, &str, &[&str]); 3] = [
    (
        "langchain",
        "langchain",
        &["langchain==1.4.7", "langchain-community==0.4.2", "langchain-qdrant==1.1.0", "qdrant-client==1.20.0", "rank-bm25==0.2.2"],
    ),
    ("llama", "llama", &["llama-index-core==0.14.25", "llama-index-retrievers-bm25==0.8.0"]),
    ("haystack", "haystack", &["haystack-ai==3.4.0"]),
];

const MISC: &[&str] = &["bm25s==0.3.16", "scikit-learn==1.9.1", "semantic-router==1.1.1", "numpy"];

/// The texts, made once.
fn corpus(shared: &Path) -> Option<PathBuf> {
    let corpus = peers::folder().join("corpus");
    if corpus.join("tickets.jsonl").is_file() {
        return Some(corpus);
    }
    let program = shared.join("corpus.py");
    let made = program.is_file() && Command::new("python3").arg(program).arg(&corpus).status().is_ok_and(|status| status.success());
    made.then_some(corpus)
}

fn lines(corpus: &Path, name: &str, max: usize) -> Vec<Value> {
    let text = std::fs::read_to_string(corpus.join(name)).unwrap();
    text.lines().take(max).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(line: &Value) -> String {
    line["text"].as_str().unwrap().to_owned()
}

fn number(line: &Value, name: &str) -> f64 {
    line[name].as_f64().unwrap_or(f64::NAN)
}

struct Ours {
    cpu_ms: f64,
}

fn row(name: &str, cpu_ms: f64, hit: f64, mb: f64, ours_ms: f64) {
    println!("{name:32} {cpu_ms:9.3} {hit:6.3} {mb:6.0} {:6.1} times ours", cpu_ms / ours_ms);
}

fn hybrid(corpus: &Path, passages: usize, ours: &Ours) {
    let Some(python) = peers::python("misc", MISC) else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/hybrid_numpy.py");
    let Some(theirs) = peers::figures(Command::new(python).arg(script).arg(corpus).arg(passages.to_string())) else { return };
    row("bm25s + numpy", number(&theirs, "ms_cpu_q"), number(&theirs, "hit10"), number(&theirs, "peak_mb"), ours.cpu_ms);
}

fn retrieval(runtime: &Runtime, corpus: &Path, passages: usize) -> Ours {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = lines(corpus, "docs.jsonl", passages).iter().map(text).collect();
    let questions: Vec<Value> = lines(corpus, "queries.jsonl", usize::MAX)
        .into_iter()
        .filter(|line| number(line, "doc") < passages as f64)
        .take(QUESTIONS)
        .collect();
    let source = Shop::with(texts.clone()).write(&folder.path().join("handbook"));
    let config = load(None, folder.path().join("data").to_str()).unwrap();
    let home = Home::open(&config.data_dir).unwrap();
    runtime.block_on(async {
        let knowledge = wiring::knowledge(&config, &home).unwrap();
        knowledge.store.put_source(&source, Timestamp::now()).await.unwrap();
        knowledge.sync.run(&source, Timestamp::now(), &mut |_| {}).await.unwrap();
    });
    let knowledge = wiring::knowledge(&config, &home).unwrap();
    let ask = |line: &Value| {
        let query =
            Query { text: text(line), language: None, intent: None, as_of: Timestamp::now(), exclude_ticket: None, passages_max: 10 };
        runtime.block_on(knowledge.retriever.retrieve(&query)).unwrap().passages
    };
    ask(&questions[0]);
    let (timer, mut hits) = (Timer::start(), 0);
    for question in &questions {
        let right = &texts[number(question, "doc") as usize];
        hits += usize::from(ask(question).iter().any(|passage| passage.text.contains(right.as_str())));
    }
    let cpu_ms = timer.cpu_s() / questions.len() as f64 * 1e3;
    row("Whimbrel", cpu_ms, hits as f64 / questions.len() as f64, rss_mb(), cpu_ms);
    Ours { cpu_ms }
}

/// Returns what one message costs the whole model, in microseconds.
fn classification(runtime: &Runtime, corpus: &Path) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let config = load(None, folder.path().to_str()).unwrap();
    let knowledge = wiring::knowledge(&config, &Home::open(&config.data_dir).unwrap()).unwrap();
    let tickets = lines(corpus, "tickets.jsonl", TRAINED + CLASSIFIED);
    let (trained, classified) = tickets.split_at(TRAINED);
    let example = |line: &Value| Example { text: text(line), intent: IntentName(line["label"].to_string()), language: None };
    let examples: Vec<Example> = trained.iter().map(example).collect();
    let (timer, catalog) = (Timer::start(), IntentCatalog::default());
    let training = train(&examples, &catalog, knowledge.embedder.as_ref(), SEED);
    let model = runtime.block_on(training).unwrap();
    println!("Whimbrel: trained in {:.1} s CPU", timer.cpu_s());
    let parts = model.parts();
    let (timer, mut right) = (Timer::start(), 0);
    for line in classified {
        let text = text(line);
        let embedding = runtime.block_on(knowledge.embedder.embed(&[text.as_str()])).unwrap().remove(0);
        let reading = parts.minds.read(&text, &embedding);
        let best = reading.probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(class, _)| class);
        let label = line["label"].to_string();
        right += usize::from(best.and_then(|class| parts.intents.get(class)).is_some_and(|intent| intent.0 == label));
    }
    let us = timer.cpu_s() / classified.len() as f64 * 1e6;
    println!("{:32} {us:9.1} {:6.3}", "Whimbrel, both minds", right as f64 / classified.len() as f64);
    us
}
