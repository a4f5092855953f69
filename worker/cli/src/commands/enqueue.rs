//! `whimbrel enqueue`: messages into the worker's inbox.

use crate::args::EnqueueArgs;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use adapters::inbox::line::read_line;
use adapters::inbox::spool::LINE_BYTES_MAX;
use anyhow::Context;
use runtime::inbound::InboundMessage;
use serde_json::json;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::process::ExitCode;

/// Faulty lines that are printed one by one; the rest is counted.
const FAULTS_SHOWN_MAX: usize = 20;

/// Spools every line. Faulty ones are named here and become dead letters in the worker: nothing is lost.
pub fn run(config: &Config, args: &EnqueueArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let spool = wiring::spool(&Home::open(&config.data_dir)?)?;
    let reader: Box<dyn Read> = match args.file.as_str() {
        "-" => Box::new(std::io::stdin()),
        path => {
            Box::new(File::open(path).with_context(|| format!("cannot open {path}: name a file of JSON Lines, or `-` for standard input"))?)
        }
    };
    let mut reader = BufReader::new(reader);
    let faults: RefCell<Vec<(u64, String)>> = RefCell::default();
    let failure: RefCell<Option<std::io::Error>> = RefCell::default();
    let mut number = 0u64;
    let lines = std::iter::from_fn(|| {
        loop {
            number += 1;
            // One byte more than the limit is kept, so that the worker can see that a line is too long.
            match read_line(&mut reader, LINE_BYTES_MAX + 1).map(|line| line.map(|line| line.bytes)) {
                Ok(None) => return None,
                Ok(Some(line)) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(line)) => {
                    if let Err(error) = InboundMessage::parse(&line) {
                        faults.borrow_mut().push((number, error.to_string()));
                    }
                    return Some(line);
                }
                Err(error) => {
                    *failure.borrow_mut() = Some(error);
                    return None;
                }
            }
        }
    });
    let count = spool.put(lines)?;
    if let Some(error) = failure.into_inner() {
        return Err(error)
            .with_context(|| format!("{} could be read only up to line {number}; {count} lines before it are enqueued", args.file));
    }
    report(screen, count, &faults.into_inner())
}

fn report(screen: &Screen, count: u64, faults: &[(u64, String)]) -> anyhow::Result<ExitCode> {
    for (line, problem) in faults.iter().take(FAULTS_SHOWN_MAX) {
        screen.remark(format!("line {line}: {problem}"));
    }
    if faults.len() > FAULTS_SHOWN_MAX {
        screen.remark(format!("... and {} more faulty lines", faults.len() - FAULTS_SHOWN_MAX));
    }
    let enqueued = count.saturating_sub(faults.len() as u64);
    screen.line(format!("{enqueued} messages enqueued."));
    if !faults.is_empty() {
        screen.line(format!("{} lines are no messages; they are kept and will stand in `whimbrel dead list`.", faults.len()));
    }
    let lines: Vec<_> = faults.iter().map(|(line, problem)| json!({ "line": line, "problem": problem })).collect();
    screen.json(&json!({ "enqueued": enqueued, "faulty": lines }))?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
