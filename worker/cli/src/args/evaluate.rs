//! The command line of `evaluate`.

use clap::{Args as ClapArgs, Subcommand};

/// What to judge.
#[derive(Debug, Subcommand)]
pub enum EvaluateCommand {
    /// Learn intents from one file and judge them on another.
    Intents(EvaluateIntentsArgs),
    /// Look questions up among questions and answers.
    Retrieval(EvaluateRetrievalArgs),
}

/// Arguments of `evaluate intents`.
#[derive(Debug, ClapArgs)]
pub struct EvaluateIntentsArgs {
    /// Labelled messages to learn from: JSON Lines (`.jsonl` or `.jsonl.gz`) with `text` and `intents`; `oos` is out of scope.
    #[arg(long, value_name = "FILE")]
    pub train: String,
    /// Labelled messages to judge on, in the same form.
    #[arg(long, value_name = "FILE")]
    pub test: String,
    /// Share of messages out of scope that thresholds are chosen for, 0 to 1 [default: 0.3 is assumed; the share is estimated from the messages without their labels as well].
    #[arg(long, value_name = "SHARE")]
    pub out_of_scope_share: Option<f64>,
    /// Misspell the judged messages as people in a hurry do.
    #[arg(long)]
    pub noise: bool,
}

/// Arguments of `evaluate retrieval`.
#[derive(Debug, ClapArgs)]
pub struct EvaluateRetrievalArgs {
    /// Questions and answers: JSON Lines with `doc_id`, `question` and `answers`.
    #[arg(long, value_name = "FILE")]
    pub documents: String,
    /// Questions to look up: JSON Lines with `text` and `relevant` (ids). Rows of the split `history` are left out.
    #[arg(long, value_name = "FILE")]
    pub queries: String,
    /// Past questions that become search keys, in the same form; where rows name a split, only `history` is taken.
    #[arg(long, value_name = "FILE")]
    pub history: Option<String>,
}
