//! Simulations at scale, and whether their bound holds.
//!
//! 100,000 synthetic tickets of 77 intents are replayed through the program's own command, in process, with lexical features. With the STAR
//! dialogues at hand, the bound on wrong replies is tried on random re-splits of their would-be replies. A cascade with a scripted model
//! is run again from the answers that it kept. `PARTS` in the environment chooses among splits, tickets, model and intake (a million
//! tickets taken in, only when it is named); `TICKETS`, `MODEL_TICKETS` and `INTAKE_TICKETS` set other numbers, `SIMULATE` other options.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

#[path = "../measure/mod.rs"]
mod measure;

mod ceiling;
mod kept;
mod splits;

use clap::Parser;
use cli::args::{Args, Command};
use cli::commands::simulate::input;
use cli::commands::simulate::run::run;
use cli::config::{Config, load};
use cli::screen::Screen;
use measure::{Lcg, Timer};
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The program's own allocator: what is measured is the program's work.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Tickets that are replayed when nothing else is asked for.
const TICKETS: usize = 100_000;
/// Tickets that are taken in when nothing else is asked for.
const INTAKE_TICKETS: usize = 1_000_000;
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
    let asked = std::env::var("PARTS").unwrap_or_else(|_| "splits,tickets,model".to_owned());
    let part = |name: &str| asked.split(',').any(|part| part == name);
    if part("splits") {
        splits::star(&tokio, folder.path());
    }
    if part("tickets") {
        replay(&tokio, folder.path(), number("TICKETS", TICKETS));
    }
    if part("model") {
        kept::rerun(&tokio, folder.path(), number("MODEL_TICKETS", kept::TICKETS));
    }
    if part("intake") {
        intake(folder.path(), number("INTAKE_TICKETS", INTAKE_TICKETS));
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|count| count.parse().ok()).unwrap_or(default)
}

/// Replays so many tickets with lexical features.
fn replay(tokio: &tokio::runtime::Runtime, folder: &Path, tickets: usize) {
    let file = folder.join("tickets.jsonl");
    write_tickets(&file, tickets);
    let file = file.to_string_lossy().into_owned();
    let out = folder.join("two").to_string_lossy().into_owned();
    let timer = Timer::start();
    let more = std::env::var("SIMULATE").unwrap_or_else(|_| "--lexical".to_owned());
    let more: Vec<&str> = more.split_whitespace().collect();
    simulate(tokio, folder, &[&[file.as_str(), "--out", &out], &SETTINGS[..], &more[..]].concat());
    let replayed = timer.cpu_s();
    println!(
        "{tickets} tickets ({}): {replayed:.1} s of CPU ({:.2} ms a ticket), {:.0} s of wall time, at most {:.0} MB of memory",
        more.join(" "),
        replayed * 1_000.0 / tickets as f64,
        timer.wall_s(),
        measure_peak_mb()
    );
    let bare = ceiling::ms_a_ticket(folder);
    println!(
        "the bare parts in the same run (10,000 passages): {bare:.2} ms of CPU a ticket, {:.0} s for as many tickets; the whole replay costs {:.2} \
         times as much",
        bare * tickets as f64 / 1e3,
        replayed / (bare * tickets as f64 / 1e3)
    );
    let report = std::fs::read(folder.join("two/report.json")).unwrap();
    let parsed: serde_json::Value = serde_json::from_slice(&report).unwrap();
    println!("{}", parsed["headline"]["sentence"].as_str().unwrap());
    let size = |name: &str| std::fs::metadata(folder.join("two").join(name)).unwrap().len() as f64 / 1e6;
    println!("report.html: {:.1} MB, tickets.jsonl: {:.0} MB", size("report.html"), size("tickets.jsonl"));
}

/// Reads so many tickets, puts them into the order of time and looks for twins: what a simulation does before it decides.
fn intake(folder: &Path, tickets: usize) {
    let file = folder.join("many.jsonl");
    write_tickets(&file, tickets);
    let name = file.to_string_lossy().into_owned();
    let Command::Simulate(args) = Args::parse_from(["whimbrel", "simulate", name.as_str()]).command else { panic!("no simulation") };
    let timer = Timer::start();
    let input = input::read(&args, &name, folder).unwrap();
    println!(
        "{} tickets taken in: {:.1} s of CPU, at most {:.0} MB of memory, a file of {:.0} MB",
        input.count,
        timer.cpu_s(),
        measure_peak_mb(),
        std::fs::metadata(&file).unwrap().len() as f64 / 1e6
    );
}

/// Runs `whimbrel simulate` in this process.
pub(crate) fn simulate(tokio: &tokio::runtime::Runtime, folder: &Path, arguments: &[&str]) {
    let data = folder.join("data").to_string_lossy().into_owned();
    let words = ["whimbrel", "--json", "--data-dir", &data, "simulate"].into_iter().chain(arguments.iter().copied());
    let args = Args::parse_from(words);
    let config = load::load(None, args.data_dir.as_deref()).unwrap();
    simulate_with(tokio, &config, args);
}

/// The same with a configuration.
pub(crate) fn simulate_with(tokio: &tokio::runtime::Runtime, config: &Config, args: Args) {
    let Command::Simulate(simulate) = args.command else { panic!("no simulation") };
    tokio.block_on(run(config, &simulate, &Screen::silent())).unwrap();
}

fn measure_peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Tickets of a year: questions of an intent's own words and some others, answered by the intent's own sentence.
pub(crate) fn write_tickets(path: &Path, count: usize) {
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
