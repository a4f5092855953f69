//! `whimbrel config`: the effective configuration.

use crate::config::Config;
use crate::screen::Screen;
use std::process::ExitCode;

/// Prints the configuration that is in force, as TOML or JSON.
pub fn run(loading: anyhow::Result<Config>, screen: &Screen) -> anyhow::Result<ExitCode> {
    let config = loading?;
    screen.line(toml::to_string_pretty(&config)?.trim_end());
    screen.json(&config)?;
    Ok(ExitCode::SUCCESS)
}
