//! Logs: to the error stream, for people or machines. Message text and phone numbers are never in them.

use crate::config::{LogConfig, LogFormat};
use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// The client of RabbitMQ writes what it sends and what comes back into its logs, text of messages and all; these lines stay out of
/// ours at any level.
const QUIET: [&str; 2] = ["lapin=warn", "lapin::returned_messages=off"];

/// Starts logging.
pub fn init(log: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level)
        .with_context(|| format!("log.level `{}` is no filter: write error, warn, info, debug, trace or `warn,runtime=info`", log.level))?;
    let filter = QUIET.iter().try_fold(filter, |filter, quiet| anyhow::Ok(filter.add_directive(quiet.parse()?)))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = match log.format {
        LogFormat::Text => builder.compact().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging is already set up: {error}"))
}
