//! `whimbrel simulate gate`: for continuous integration.

use crate::args::simulate::GateArgs;
use crate::commands::simulate::folder::RunFolder;
use crate::commands::simulate::reporting::difference;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use serde_json::json;
use simulations::gate::{Limits, faults};
use std::process::ExitCode;

/// Exits with 1 and says why when the run may not pass.
pub fn run(config: &Config, args: &GateArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let folder = RunFolder::find(&home, args.run.as_deref())?;
    let report = folder.report()?;
    let against = match &args.against {
        Some(name) => Some(difference(&RunFolder::find(&home, Some(name))?, &folder, |_, _| {})?),
        None => None,
    };
    let limits = Limits { max_wrong_per_100: args.max_wrong_per_100, newly_wrong_max: args.newly_wrong_max };
    let faults = faults(&report, against.as_ref(), limits);
    screen.json(&json!({ "run": report.setup.run, "passes": faults.is_empty(), "faults": faults, "against": against }))?;
    if let Some(against) = &against {
        screen.line(format!(
            "{} tickets in common with run {}: {} better, {} worse, {} the same; {} newly wrong, {} no longer.",
            against.common, against.before, against.better, against.worse, against.same, against.newly_wrong, against.no_longer_wrong
        ));
    }
    if faults.is_empty() {
        screen.line(format!("Run {} passes.", report.setup.run));
        return Ok(ExitCode::SUCCESS);
    }
    screen.line(format!("Run {} does not pass:", report.setup.run));
    faults.iter().for_each(|fault| screen.line(format!("  - {fault}")));
    Ok(ExitCode::FAILURE)
}
