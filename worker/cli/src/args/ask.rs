//! The command line of `ask`.

use crate::args::mind::ChosenMind;
use clap::Args as ClapArgs;
use jiff::Timestamp;

/// Arguments of `ask`.
#[derive(Debug, ClapArgs)]
pub struct AskArgs {
    /// What the customer writes. Several are one burst.
    #[arg(required = true)]
    pub text: Vec<String>,
    /// Who writes.
    #[arg(long, default_value = "+12025550123")]
    pub from: String,
    /// A tag on the customer's ticket, for routing rules.
    #[arg(long)]
    pub tag: Vec<String>,
    /// As if it were then [default: now].
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// Who decides.
    #[arg(long, value_enum, default_value = "cascade")]
    pub mind: ChosenMind,
    /// Append every exchange with the model's endpoint to this file, secrets taken out.
    #[arg(long, value_name = "FILE")]
    pub record: Option<String>,
}
