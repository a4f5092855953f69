//! Arguments of `dead`.

use clap::Subcommand;

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub enum DeadCommand {
    /// List them, oldest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Try one again.
    Retry {
        /// Its number, or its name in the broker.
        id: String,
    },
    /// Close one for good.
    Discard {
        /// Its number, or its name in the broker.
        id: String,
    },
}
