//! Simulations at scale, and whether their bound holds.
//!
//! 100,000 synthetic tickets of 77 intents are replayed through the program's own command, in process. With the STAR dialogues at hand, the bound on wrong replies is tried on random re-splits of their
//! would-be replies. `TICKETS` in the environment sets another number.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

#[path = "../measure/mod.rs"]
mod measure;

mod splits;

use clap::Parser;
use cli::args::{Args, Command};
use cli::commands::simulate::run::run;
use cli::config::load;
use cli::screen::Screen;
use measure::{Lcg, Timer};
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Tickets that are replayed when nothing else is asked for.
const TICKETS: usize = 100_000;
/// Intents that they are about.
const INTENTS: usize = 77;
/// Customers who write them.
const CUSTOMERS: usize = 40_000;
/// What a shop of this size would choose: blocks of two months, the newest labelled and past tickets.
const SETTINGS: [&str; 6] = ["--blocks", "6", "--examples-max", "1500", "--history-max", "2500"];
/// Words that an intent's questions are made of.
const OWN_WORDS: usize = 12;

fn main() {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    splits::star(&tokio, folder.path());
    let tickets = std::env::var("TICKETS").ok().and_then(|count| count.parse().ok()).unwrap_or(TICKETS);
    let file = folder.path().join("tickets.jsonl");
    write_tickets(&file, tickets);
    let file = file.to_string_lossy().into_owned();
    let timer = Timer::start();
    let out = folder.path().join("two").to_string_lossy().into_owned();
    simulate(&tokio, folder.path(), &[&[file.as_str(), "--out", &out], &SETTINGS[..]].concat());
    println!(
        "{tickets} tickets: {:.1} s of CPU ({:.2} ms a ticket), {:.0} s of wall time, at most {:.0} MB of memory",
        timer.cpu_s(),
        timer.cpu_s() * 1_000.0 / tickets as f64,
        timer.wall_s(),
        measure_peak_mb()
    );
    let report = std::fs::read(folder.path().join("two/report.json")).unwrap();
    let parsed: serde_json::Value = serde_json::from_slice(&report).unwrap();
    println!("{}", parsed["headline"]["sentence"].as_str().unwrap());
    println!("report.html: {:.1} MB", std::fs::metadata(folder.path().join("two/report.html")).unwrap().len() as f64 / 1e6);
}

/// Runs `whimbrel simulate` in this process.
pub(crate) fn simulate(tokio: &tokio::runtime::Runtime, folder: &Path, arguments: &[&str]) {
    let data = folder.join("data").to_string_lossy().into_owned();
    let words = ["whimbrel", "--json", "--data-dir", &data, "simulate"].into_iter().chain(arguments.iter().copied());
    let args = Args::parse_from(words);
    let config = load::load(None, args.data_dir.as_deref()).unwrap();
    let Command::Simulate(simulate) = args.command else { panic!("no simulation") };
    let silent = Screen::silent();
    tokio.block_on(run(&config, &simulate, &silent)).unwrap();
}

fn measure_peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Tickets of a year: questions of an intent's own words and some others, answered by the intent's own sentence.
fn write_tickets(path: &Path, count: usize) {
    let mut random = Lcg(7);
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let word =
        |n: usize| format!("{}{}{}", ["ba", "ko", "mi", "ru", "sel", "tan", "vo"][n % 7], ["la", "ne", "pi", "so", "du"][n / 7 % 5], n);
    for n in 0..count {
        let intent = random.below(INTENTS);
        let mut asked: Vec<String> = (0..6).map(|_| word(intent * OWN_WORDS + random.below(OWN_WORDS))).collect();
        asked.extend((0..4).map(|_| word(INTENTS * OWN_WORDS + random.below(3_000))));
        let answer = format!("The {} takes {} days and costs {} dollars.", word(intent * OWN_WORDS), intent + 2, 10 + intent);
        let at = jiff::Timestamp::from_second(1_735_689_600 + (n as i64) * 31_536_000 / count as i64).unwrap();
        let answered = at + jiff::SignedDuration::from_mins(7);
        let ticket = json!({
            "ticket_id": format!("S-{n}"), "created_at": at, "customer": format!("+1202{:07}", random.below(CUSTOMERS)), "lang": "en",
            "intents": [format!("intent_{intent}")],
            "messages": [{ "role": "customer", "at": at, "text": format!("{}?", asked.join(" ")) }, { "role": "agent", "at": answered, "text": answer }],
        });
        writeln!(file, "{ticket}").unwrap();
    }
    file.flush().unwrap();
}
