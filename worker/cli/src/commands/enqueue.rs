//! `whimbrel enqueue`: messages into the worker's inbox.

use crate::args::EnqueueArgs;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use anyhow::Context;
use runtime::inbound::InboundMessage;
use serde_json::json;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;

/// Bytes of one line that are read; a longer one is cut, and the worker puts it among the dead letters.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Faulty lines that are printed one by one; the rest is counted.
const FAULTS_SHOWN_MAX: usize = 20;

/// Spools every line. Faulty ones are named here and become dead letters in the worker: nothing is lost.
pub fn run(config: &Config, args: &EnqueueArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let spool = wiring::spool(&Home::open(&config.data_dir)?)?;
    let reader: Box<dyn Read> = match args.file.as_str() {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(File::open(path).with_context(|| format!("cannot open {path}: name a file of JSON Lines, or `-` for standard input"))?),
    };
    let mut reader = BufReader::new(reader);
    let faults: RefCell<Vec<(usize, String)>> = RefCell::default();
    let failure: RefCell<Option<std::io::Error>> = RefCell::default();
    let mut number = 0;
    let lines = std::iter::from_fn(|| {
        loop {
            number += 1;
            match next_line(&mut reader) {
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
        return Err(error).with_context(|| format!("{} could be read only up to line {number}; {count} lines before it are enqueued", args.file));
    }
    report(screen, count, &faults.into_inner())
}

fn report(screen: &Screen, count: usize, faults: &[(usize, String)]) -> anyhow::Result<ExitCode> {
    for (line, problem) in faults.iter().take(FAULTS_SHOWN_MAX) {
        screen.remark(format!("line {line}: {problem}"));
    }
    if faults.len() > FAULTS_SHOWN_MAX {
        screen.remark(format!("... and {} more faulty lines", faults.len() - FAULTS_SHOWN_MAX));
    }
    screen.line(format!("{} messages enqueued.", count - faults.len()));
    if !faults.is_empty() {
        screen.line(format!("{} lines are no messages; they are kept and will stand in `whimbrel dead list`.", faults.len()));
    }
    let lines: Vec<_> = faults.iter().map(|(line, problem)| json!({ "line": line, "problem": problem })).collect();
    screen.json(&json!({ "enqueued": count - faults.len(), "faulty": lines }))?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// One line without its end; what is beyond the limit is skipped, so that a line of any length costs a fixed memory.
fn next_line(reader: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut seen = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(seen.then_some(line));
        }
        seen = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(buffer.len());
        // One byte more than the limit is kept, so that the worker can see that the line is too long.
        let room = (LINE_BYTES_MAX + 1).saturating_sub(line.len()).min(taken);
        line.extend(buffer.iter().take(room));
        reader.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(Some(line));
        }
    }
}
