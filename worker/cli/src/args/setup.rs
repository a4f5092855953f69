//! Arguments of `setup`.

use clap::{Args as ClapArgs, Subcommand};

/// What to prepare.
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Declare the queues in RabbitMQ. Can be run twice.
    Amqp,
    /// Make the collection in Qdrant and fill it. Can be run twice.
    Qdrant(SetupQdrantArgs),
    /// Make the ledger's tables in PostgreSQL, or bring them to this version. Can be run twice.
    Postgres,
}

/// Arguments of `setup qdrant`.
#[derive(Debug, ClapArgs)]
pub struct SetupQdrantArgs {
    /// Fill a new collection and swap it in, while the workers go on searching the old one.
    #[arg(long)]
    pub rebuild: bool,
}
