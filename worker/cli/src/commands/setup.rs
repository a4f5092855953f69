//! `whimbrel setup`: prepares servers beside the worker.

use crate::args::setup::SetupCommand;
use crate::commands::{setup_amqp, setup_postgres, setup_qdrant};
use crate::config::Config;
use crate::screen::Screen;
use std::process::ExitCode;

/// Makes what is missing. What is there already stays as it is, or is a fault when it is not as it should be.
pub async fn run(config: &Config, command: &SetupCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    match command {
        SetupCommand::Amqp => setup_amqp::run(config, screen).await?,
        SetupCommand::Qdrant(args) => setup_qdrant::run(config, args, screen).await?,
        SetupCommand::Postgres => setup_postgres::run(config, screen).await?,
    }
    Ok(ExitCode::SUCCESS)
}
