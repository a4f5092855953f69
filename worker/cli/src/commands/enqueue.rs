//! `whimbrel enqueue`: messages into the worker's inbox.

use crate::args::EnqueueArgs;
use crate::config::Config;
use crate::config::inbox::InboxKind;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use adapters::inbox::amqp::producer::AmqpProducer;
use adapters::inbox::line::read_line;
use adapters::inbox::spool::LINE_BYTES_MAX;
use anyhow::Context;
use runtime::inbound::InboundMessage;
use serde_json::json;
use std::fs::File;
use std::io::{BufReader, Read};
use std::process::ExitCode;

/// Faulty lines that are printed one by one; the rest is counted.
const FAULTS_SHOWN_MAX: usize = 20;

/// Puts every line in. Faulty ones are named here and become dead letters in the worker: nothing is lost.
pub async fn run(config: &Config, args: &EnqueueArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let mut lines = Lines::open(&args.file)?;
    let count = match config.inbox.kind {
        InboxKind::Spool => wiring::spool(&Home::open(&config.data_dir)?)?.put(&mut lines)?,
        InboxKind::Amqp => publish(config, &mut lines).await?,
    };
    if let Some(error) = lines.failure {
        return Err(error).with_context(|| {
            format!("{} could be read only up to line {}; {count} lines before it are enqueued", args.file, lines.number)
        });
    }
    report(screen, count, &lines.faults)
}

/// Publishes to the broker. A message counts when the broker has confirmed it.
async fn publish(config: &Config, lines: &mut Lines) -> anyhow::Result<u64> {
    let mut producer = AmqpProducer::connect(&wiring::inbox::amqp(config)?).await?;
    let published = async {
        for line in lines {
            producer.put(&line).await?;
        }
        producer.finish().await
    };
    let published = published.await;
    let count = producer.confirmed();
    producer.close().await;
    published.with_context(|| {
        format!("the broker has confirmed {count} messages; enqueue the whole file again when it works: what is there already counts once")
    })
}

/// The lines of a file that hold something.
struct Lines {
    reader: BufReader<Box<dyn Read>>,
    number: u64,
    /// Lines that are no messages, with the reason.
    faults: Vec<(u64, String)>,
    failure: Option<std::io::Error>,
}

impl Lines {
    fn open(file: &str) -> anyhow::Result<Self> {
        let reader: Box<dyn Read> = match file {
            "-" => Box::new(std::io::stdin()),
            path => Box::new(
                File::open(path).with_context(|| format!("cannot open {path}: name a file of JSON Lines, or `-` for standard input"))?,
            ),
        };
        Ok(Lines { reader: BufReader::new(reader), number: 0, faults: Vec::new(), failure: None })
    }
}

impl Iterator for Lines {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            self.number += 1;
            // One byte more than the limit is kept, so that the worker can see that a line is too long.
            match read_line(&mut self.reader, LINE_BYTES_MAX + 1).map(|line| line.map(|line| line.bytes)) {
                Ok(None) => return None,
                Ok(Some(line)) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(line)) => {
                    if let Err(error) = InboundMessage::parse(&line) {
                        self.faults.push((self.number, error.to_string()));
                    }
                    return Some(line);
                }
                Err(error) => {
                    self.failure = Some(error);
                    return None;
                }
            }
        }
    }
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
