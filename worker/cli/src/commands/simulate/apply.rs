//! `whimbrel simulate apply`: what a run has shown, as a change of the policy file that a person can review.

use crate::args::simulate::ApplyArgs;
use crate::commands::simulate::folder::RunFolder;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use anyhow::{Context, bail};
use simulations::change::{apply, changes, edit};
use simulations::report::collect::name_of;
use std::process::ExitCode;
use triage::policy::Policy;

/// Shows the change; with `--write` makes it.
pub fn run(config: &Config, args: &ApplyArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let folder = RunFolder::find(&home, args.run.as_deref())?;
    let report = folder.report()?;
    let file = &config.policy_file;
    let text = if file.exists() {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?
    } else {
        String::new()
    };
    let policy: Policy = toml::from_str(&text).with_context(|| format!("{} is not as it should be", file.display()))?;
    let changes = changes(&report, &policy);
    screen.json(&changes)?;
    if changes.is_empty() {
        screen.line(format!("Run {} supports no change of {}.", report.setup.run, file.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let edited = edit(&text, &changes, &report.setup.run);
    let read: Policy = toml::from_str(&edited).unwrap_or_default();
    if read != apply(&policy, &changes) {
        bail!("{} is written in a way that cannot be edited line by line: make the changes by hand (--json lists them)", file.display());
    }
    for change in &changes {
        let dial = change.dial.map_or(String::new(), |dial| format!(", dial {dial}"));
        let (before, now) = (name_of(&change.ceiling_before), name_of(&change.ceiling));
        screen.line(format!("{}: {before} → {now}{dial}\n    {}", change.intent, change.because));
    }
    screen.line(format!("\n--- {0}\n+++ {0}", file.display()));
    diff(&text, &edited).iter().for_each(|line| screen.line(line));
    if !args.write {
        screen.line("\nNothing is written yet: --write makes the change.");
        return Ok(ExitCode::SUCCESS);
    }
    Home::replace(file, edited.as_bytes())?;
    screen.line(format!("\n{} is changed. A running worker takes it up when it is started again.", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// The lines that go and come; the edit only replaces, inserts or appends whole lines.
fn diff(before: &str, now: &str) -> Vec<String> {
    let mut old = before.lines().peekable();
    let mut shown = Vec::new();
    let rest: Vec<&str> = now.lines().collect();
    for (n, line) in rest.iter().enumerate() {
        if old.peek() == Some(line) {
            old.next();
            continue;
        }
        // A line that does not come again later was replaced.
        if let Some(gone) = old.peek().filter(|gone| !rest.iter().skip(n).any(|later| later == *gone)) {
            shown.push(format!("- {gone}"));
            old.next();
        }
        shown.push(format!("+ {line}"));
    }
    shown
}
