//! `whimbrel setup`: prepares servers beside the worker.

use crate::args::setup::SetupCommand;
use crate::config::Config;
use crate::screen::Screen;
use crate::wiring;
use adapters::inbox::amqp::check;
use serde_json::json;
use std::process::ExitCode;

/// Declares what is missing. What is there already stays as it is, or is a fault when it is not as it should be.
pub async fn run(config: &Config, command: &SetupCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    match command {
        SetupCommand::Amqp => {
            let queues = check::set_up(&wiring::inbox::amqp(config)?).await?;
            for queue in &queues {
                screen.line(format!("queue {queue} is there"));
            }
            screen.json(&json!({ "queues": queues }))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
