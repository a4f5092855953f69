//! Arguments of `setup`.

use clap::{Args as ClapArgs, Subcommand};

/// What to prepare.
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Make the collection in Qdrant and fill it. Can be run twice.
    Qdrant(SetupQdrantArgs),
}

/// Arguments of `setup qdrant`.
#[derive(Debug, ClapArgs)]
pub struct SetupQdrantArgs {
    /// Fill a new collection and swap it in, while the workers go on searching the old one.
    #[arg(long)]
    pub rebuild: bool,
}
