//! Arguments of `setup`.

use clap::Subcommand;

/// What to prepare.
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Declare the queues in RabbitMQ. Can be run twice.
    Amqp,
}
