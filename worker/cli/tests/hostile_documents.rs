//! Five hundred hostile files a format, through the real program: it never goes down, and the good documents among them are
//! all taken in. Each is read once more alone, and the dearest file of each format is printed and held against the limits.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;
mod hostile {
    pub(crate) mod docx;
    pub(crate) mod measure;
    pub(crate) mod mutate;
    pub(crate) mod pack;
    pub(crate) mod pdf;
    pub(crate) mod random;
    pub(crate) mod texts;
}

use common::{House, stderr};
use hostile::measure::worst;
use hostile::mutate::mutate;
use hostile::random::Random;
use hostile::{docx, pdf, texts};
use knowledge::document::MediaType;
use serde_json::Value;
use std::collections::BTreeSet;

/// Hostile files a format.
const FILES: usize = 500;
/// A good one stands after every so many hostile ones.
const GOOD_EVERY: usize = 50;
/// The seed of all damage.
const SEED: u64 = 20_260_301;
/// What reading one file may take at most: the limits that the program ships with.
const MEMORY_BYTES_MAX: u64 = 256 << 20;
const CPU_SECONDS_MAX: f64 = 10.0;

/// Attacks first, then files that `damage` makes.
fn suite(ending: &str, media_type: MediaType, attacks: Vec<Vec<u8>>, damage: fn(&mut Random) -> Vec<u8>, good: fn(&str) -> Vec<u8>) {
    println!("{ending}: seed {SEED}, {} attacks, the rest of {FILES} is damage", attacks.len());
    let house = House::new("[log]\nlevel = \"error\"\n");
    let mut random = Random::new(SEED);
    let damaged = std::iter::repeat_with(|| damage(&mut random));
    let files: Vec<Vec<u8>> = attacks.into_iter().chain(damaged).take(FILES).collect();
    for (number, bytes) in files.iter().enumerate() {
        house.write(&format!("docs/{number:03}-hostile.{ending}"), bytes);
    }
    let planted: Vec<String> = (0..=FILES / GOOD_EVERY).map(|number| format!("{:03}-zgood.{ending}", number * GOOD_EVERY)).collect();
    for (number, name) in planted.iter().enumerate() {
        house.write(&format!("docs/{name}"), good(&format!("Rule {number} of the quokka.")));
    }
    let output = house.run(&["knowledge", "add", "docs", "--json"]);
    assert!(output.status.success(), "{:?}: {}", output.status, stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let refused = report[0]["refused"].as_array().unwrap();
    let left_out: BTreeSet<&str> = refused.iter().map(|refused| refused["name"].as_str().unwrap().split(' ').next().unwrap()).collect();
    for name in &planted {
        assert!(!left_out.contains(name.as_str()), "{name} is good and was left out");
        let history = house.json(&["knowledge", "history", &format!("docs/{}", versioned(name))]);
        assert_eq!(history["versions"].as_array().unwrap().len(), 1, "{name}");
    }
    let deaths = refused.iter().filter(|refused| refused["reason"].as_str().unwrap().contains("brought its reader down")).count();
    let memory = refused.iter().filter(|refused| refused["reason"].as_str().unwrap().contains("memory")).count();
    let late = refused.iter().filter(|refused| refused["reason"].as_str().unwrap().contains("takes longer")).count();
    println!("{ending}: {} files left out ({deaths} deaths, {memory} for memory, {late} for time)", left_out.len());
    let worst = worst(media_type, files.iter());
    println!(
        "{ending}: the dearest of {} files took {:.0} MiB and {:.2} s of processor time; {} died within the limits",
        files.len(),
        worst.memory_bytes as f64 / f64::from(1 << 20),
        worst.cpu_seconds,
        worst.deaths
    );
    assert!(worst.memory_bytes <= MEMORY_BYTES_MAX && worst.cpu_seconds <= CPU_SECONDS_MAX, "the limits hold");
    assert!(left_out.len() >= 10, "hostile files are mostly left out");
    assert!(refused.iter().all(|refused| refused["reason"].as_str().unwrap().len() > 10), "every refusal has a reason");
}

/// A table is one document a language.
fn versioned(name: &str) -> String {
    if name.ends_with(".csv") { format!("{name}#en") } else { name.to_owned() }
}

#[test]
fn hostile_pdfs_take_nothing_down() {
    suite("pdf", MediaType::Pdf, pdf::attacks(), pdf::damaged, pdf::good);
}

#[test]
fn hostile_word_documents_take_nothing_down() {
    suite("docx", MediaType::Docx, docx::attacks(), docx::damaged, docx::good);
}

#[test]
fn hostile_pages_of_html_take_nothing_down() {
    suite("html", MediaType::Html, texts::html(), |random| mutate(&texts::good_html("Good words."), random), texts::good_html);
}

#[test]
fn hostile_markdown_takes_nothing_down() {
    suite(
        "md",
        MediaType::Markdown,
        texts::markdown(),
        |random| mutate(&texts::good_markdown("Good words."), random),
        texts::good_markdown,
    );
}

#[test]
fn hostile_tables_take_nothing_down() {
    suite("csv", MediaType::Csv, texts::csv(), |random| mutate(&texts::good_csv("Good words."), random), texts::good_csv);
}
