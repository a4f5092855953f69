//! `whimbrel simulate label`: a person marks a random sample of the replies that would have gone out.

use crate::args::simulate::LabelArgs;
use crate::commands::learn::SEED;
use crate::commands::simulate::folder::{RunFolder, read_lines, write_lines};
use crate::commands::simulate::reporting;
use crate::commands::simulate::world::embedder_of;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use anyhow::bail;
use serde::{Deserialize, Serialize};
use simulations::line::Line;
use simulations::report::verdict;
use simulations::scorers::action::Did;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::process::ExitCode;
use triage::random::Random;

/// What a person said of a reply; a line of `labels.jsonl`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Label {
    /// The ticket.
    pub ticket: String,
    /// The reply was right.
    pub is_right: bool,
}

/// Shows the sample, one after the other, and makes the report anew.
pub async fn run(config: &Config, args: &LabelArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let folder = RunFolder::find(&home, args.run.as_deref())?;
    let path = folder.file("labels.jsonl");
    let mut labels: Vec<Label> = if path.exists() { read_lines(&path)?.collect::<anyhow::Result<_>>()? } else { Vec::new() };
    let (replies, sample) = sample(&folder, args.count.get(), &labels)?;
    if replies == 0 {
        bail!(
            "nothing is there to label: in run {} no reply would have gone out. Simulate with --open or with a bolder dial (max_wrong_per_100 in {}), and label that run",
            folder.facts()?.setup.run,
            config.policy_file.display()
        );
    }
    match sample.len() {
        0 => screen.line(format!("All {replies} replies are labelled already: a run over more tickets has more to label.")),
        some => screen.line(format!("{some} of {replies} replies, at random. For each: r right, w wrong, s skip, q stop.\n")),
    }
    let mut answers = std::io::stdin().lock().lines();
    for (n, line) in sample.iter().enumerate() {
        show(screen, n + 1, sample.len(), line);
        match answer(screen, &mut answers)? {
            Answer::Right => labels.push(Label { ticket: line.ticket.0.clone(), is_right: true }),
            Answer::Wrong => labels.push(Label { ticket: line.ticket.0.clone(), is_right: false }),
            Answer::Skip => {}
            Answer::Stop => break,
        }
        write_lines(&path, &labels)?;
    }
    let policy = wiring::terms(config, &home)?.policy;
    let report = reporting::write(&folder, &policy, embedder_of(config, &folder.facts()?.setup)?).await?;
    match &report.headline.corrected {
        Some(corrected) => screen.line(format!("\n{}", verdict::corrected(corrected))),
        None => screen.line(format!("\n{} labels so far: ten are needed to correct the figure.", labels.len())),
    }
    screen.line(format!("{} is up to date.", folder.file("report.html").display()));
    screen.json(&report.headline)?;
    Ok(ExitCode::SUCCESS)
}

/// How many replies would have gone out; and those that are not labelled, in a random order that is the same for the run: a second sitting
/// goes on where the first one stopped.
fn sample(folder: &RunFolder, count: usize, labels: &[Label]) -> anyhow::Result<(usize, Vec<Line>)> {
    let is_labelled: BTreeSet<&String> = labels.iter().map(|label| &label.ticket).collect();
    let mut tickets = Vec::new();
    for line in folder.lines()? {
        let line = line?;
        if line.counts() && line.scores.as_ref().is_some_and(|scores| scores.did == Did::Reply) {
            tickets.push(line.ticket.0);
        }
    }
    Random::seeded(SEED).shuffle(&mut tickets);
    let wanted: Vec<&String> = tickets.iter().filter(|ticket| !is_labelled.contains(ticket)).take(count).collect();
    let mut lines: Vec<Line> = Vec::with_capacity(wanted.len());
    for line in folder.lines()? {
        let line = line?;
        if wanted.contains(&&line.ticket.0) {
            lines.push(line);
        }
    }
    lines.sort_by_key(|line| wanted.iter().position(|ticket| **ticket == line.ticket.0));
    Ok((tickets.len(), lines))
}

fn show(screen: &Screen, n: usize, of: usize, line: &Line) {
    let would_be = line.decision.as_ref().and_then(|decision| decision.receipt.would_be.as_deref()).unwrap_or_default();
    screen.line(format!("{n} of {of} · {}", line.ticket));
    screen.line(format!("  asked        {}", line.question.replace('\n', " / ")));
    screen.line(format!("  would reply  {would_be}"));
    screen.line(format!("  a human said {}", line.human.answer.as_deref().unwrap_or("nothing").replace('\n', " / ")));
}

enum Answer {
    Right,
    Wrong,
    Skip,
    Stop,
}

fn answer(screen: &Screen, answers: &mut impl Iterator<Item = std::io::Result<String>>) -> anyhow::Result<Answer> {
    loop {
        screen.line("  right or wrong? [r/w/s/q]");
        let Some(given) = answers.next() else { return Ok(Answer::Stop) };
        match given?.trim().to_lowercase().as_str() {
            "r" | "right" => return Ok(Answer::Right),
            "w" | "wrong" => return Ok(Answer::Wrong),
            "s" | "skip" => return Ok(Answer::Skip),
            "q" | "quit" => return Ok(Answer::Stop),
            _ => {}
        }
    }
}
