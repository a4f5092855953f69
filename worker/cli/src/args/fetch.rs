//! Arguments of `fetch`.

use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;
use std::path::PathBuf;

/// What to fetch from the helpdesk.
#[derive(Debug, Subcommand)]
pub enum FetchCommand {
    /// Past tickets that a person answered, as JSON Lines for `learn` and `knowledge add`.
    Tickets(FetchTicketsArgs),
    /// Published articles, as HTML or Markdown files for `knowledge add`.
    Articles(FetchArticlesArgs),
}

/// Arguments of `fetch tickets`.
#[derive(Debug, ClapArgs)]
pub struct FetchTicketsArgs {
    /// File to write.
    pub file: PathBuf,
    /// Only tickets in which something happened since, such as 2026-01-01T00:00:00Z.
    #[arg(long)]
    pub since: Timestamp,
}

/// Arguments of `fetch articles`.
#[derive(Debug, ClapArgs)]
pub struct FetchArticlesArgs {
    /// Folder to write into.
    pub folder: PathBuf,
}
