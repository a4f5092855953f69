//! `make chaos`: the whole campaign, bounded and seeded. It prints its tables and ends with 1 when a zero is none.
//!
//! `--seed=N` plays another one, `--lives=N`, `--messages=N`, `--rolling=N` and `--flood=N` make its parts shorter or leave them out (0),
//! `--setup=embedded` and `--setup=scaled` leave out the other one.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and prints what it measured")]

use adapters::clock::cpu::process_seconds;
use std::process::ExitCode;
use tests::chaos::campaign::{self, Plan, Setup};
use tests::chaos::house::LEASE_MS;
use tests::chaos::{fairness, house, rolling, table};
use tests::lives::process::Plant;
use tests::lives::report::{Report, play};

fn main() -> ExitCode {
    let number = |name: &str, default: u64| {
        let given = std::env::args().find_map(|argument| argument.strip_prefix(&format!("--{name}="))?.parse().ok());
        given.unwrap_or(default)
    };
    let seed = number("seed", 1);
    let mut is_well = lives(seed, usize::try_from(number("lives", 1_000_000)).unwrap());
    let Some(program) = house::program() else {
        println!("left out: the campaign (no program: run `cargo build --bin whimbrel`)");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let messages = usize::try_from(number("messages", 10_000)).unwrap();
    for setup in [Setup::Embedded, Setup::Scaled].into_iter().filter(|setup| messages > 0 && is_wanted(*setup)) {
        let plan = Plan {
            setup,
            messages,
            seed,
            kill_every_ms: kill_every_ms(setup),
            clock_every_ms: 15_000,
            fault_sides: 20,
            trouble_sides: 20,
            every_ms: 12,
        };
        let result = runtime.block_on(campaign::run(program.clone(), plan, folder.path())).unwrap();
        let (text, is_zero) = table::print(&plan, &result);
        println!("\n{text}");
        for folder in result.folders {
            println!("the folder stays for whoever looks for the cause: {}", folder.display());
        }
        is_well &= is_zero;
    }
    let rolled = usize::try_from(number("rolling", 2_000)).unwrap();
    if rolled > 0 && is_wanted(Setup::Scaled) {
        let rolling = runtime.block_on(rolling::measure(program.clone(), seed, rolled, folder.path())).unwrap();
        println!(
            "\na rolling restart under load, {} restarts of two workers: {} customers were answered, half of them within {:.2} s, the last \
             within {:.2} s; the lease is {LEASE_MS} ms",
            rolling.restarts, rolling.answered, rolling.median_s, rolling.longest_s
        );
    }
    let flood = usize::try_from(number("flood", 10_000)).unwrap();
    if flood > 0 && is_wanted(Setup::Embedded) {
        let fairness = runtime.block_on(fairness::measure(program, seed, 200, flood)).unwrap();
        let ratio = fairness.flooded_p95_s / fairness.calm_p95_s;
        println!(
            "\n{} others, p95 until answered: {:.2} s without, {:.2} s while one sender floods {}: {ratio:.2} times",
            fairness.others, fairness.calm_p95_s, fairness.flooded_p95_s, fairness.flood
        );
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Two workers on servers take longer to be ready than one, and each of them is killed.
fn kill_every_ms(setup: Setup) -> usize {
    match setup {
        Setup::Embedded => 3_000,
        Setup::Scaled => 6_000,
    }
}

/// Whether no other set-up alone was asked for.
fn is_wanted(setup: Setup) -> bool {
    std::env::args().all(|argument| argument.strip_prefix("--setup=").is_none_or(|name| name == setup.to_string()))
}

/// Lives of messages, on both processors.
fn lives(seed: u64, count: usize) -> bool {
    const THREADS: u64 = 2;
    let began = process_seconds();
    let parts = std::thread::scope(|scope| {
        let one = |thread: u64| {
            let mut all = Report::default();
            for world in (seed + thread..).step_by(usize::try_from(THREADS).unwrap()) {
                if all.messages * usize::try_from(THREADS).unwrap() >= count {
                    break;
                }
                all += play(world, Plant::Nothing);
            }
            all
        };
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || one(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<Report>>()
    });
    let mut all = Report::default();
    parts.into_iter().for_each(|part| all += part);
    let Report { messages, received, doubtful, deaths, stops, jumps, broken, hash } = all;
    println!("lives of messages from seed {seed}: {messages}, {:.0} s of processor time", process_seconds() - began);
    println!("  {received} SMS received, {doubtful} sends of unknown outcome, {deaths} deaths, {stops} stops, {jumps} jumps of the clock");
    println!("  trace {hash:016x}; broken rules: {}", broken.len());
    broken.iter().take(20).for_each(|rule| println!("  {rule}"));
    broken.is_empty()
}
