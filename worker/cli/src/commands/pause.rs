//! `whimbrel pause` and `whimbrel resume`.

use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use jiff::Timestamp;
use serde_json::json;
use std::process::ExitCode;

/// Stops or resumes claiming, at once, for all workers on the ledger.
pub async fn run(config: &Config, paused: bool, screen: &Screen) -> anyhow::Result<ExitCode> {
    let ledger = wiring::ledger::desk(config, &Home::open(&config.data_dir)?).await?;
    ledger.set_paused(paused, Timestamp::now()).await?;
    screen.line(match paused {
        true => "Paused: messages are still taken in, nothing is decided. `whimbrel resume` goes on.",
        false => "Resumed.",
    });
    screen.json(&json!({ "paused": paused }))?;
    Ok(ExitCode::SUCCESS)
}
