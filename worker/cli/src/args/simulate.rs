//! The command line of `simulate` and `watch`.

use crate::args::mind::ChosenMind;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::num::NonZeroUsize;

/// Arguments of `simulate`.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct SimulateArgs {
    /// Past tickets: JSON Lines, a CSV with --column, or an export of Intercom or Zendesk. See docs/tickets.md.
    #[arg(required = true)]
    pub tickets: Option<String>,
    /// Documents to answer from: a folder, a document, or JSON Lines with `doc_id`, `title`, `text` [default: the documents of the data folder].
    #[arg(long, value_name = "PATH")]
    pub documents: Option<String>,
    /// From when documents hold that do not say so themselves [default: always].
    #[arg(long, value_name = "TIME")]
    pub documents_from: Option<Timestamp>,
    /// Replay with today's documents instead of those that held when a question came.
    #[arg(long)]
    pub today: bool,
    /// Replay as if every intent might be answered that the policy does not give to a person.
    #[arg(long)]
    pub open: bool,
    /// Folder of the run [default: simulations/RUN in the data folder].
    #[arg(long, value_name = "DIR")]
    pub out: Option<String>,
    /// Compare with an earlier run of the same tickets, by its name or folder.
    #[arg(long, value_name = "RUN")]
    pub compare: Option<String>,
    /// Decide everything again, even where this very run stands already.
    #[arg(long)]
    pub again: bool,
    /// Blocks of time; intents are learned anew before each.
    #[arg(long, default_value_t = 8, value_name = "N")]
    pub blocks: usize,
    /// Labelled tickets that intents are learned from at most, the newest.
    #[arg(long, default_value_t = 4_000, value_name = "N")]
    pub examples_max: usize,
    /// Past tickets in the index at most, the newest.
    #[arg(long, default_value_t = 5_000, value_name = "N")]
    pub history_max: usize,
    /// Who decides. What the model answers is kept on disk and not asked again.
    #[arg(long, value_enum, default_value = "local")]
    pub mind: ChosenMind,
    /// Let the language model judge would-be replies against the human answers, also where it decides nothing.
    #[arg(long, conflicts_with = "no_judge")]
    pub judge: bool,
    /// Leave the judge out where a model decides.
    #[arg(long)]
    pub no_judge: bool,
    /// Know words and letters alone, no meaning: several times quicker, and finds less. For a first look.
    #[arg(long)]
    pub lexical: bool,
    /// Tickets decided at the same time; the result is the same at any number [default: one a processor, with a model its calls].
    #[arg(long, value_name = "N")]
    pub concurrency: Option<usize>,
    /// Decide every ticket so often, and say how many come out otherwise; the local mind always decides alike, a model is asked anew.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub repeats: usize,
    /// Column of a CSV export, as FIELD=COLUMN.
    #[arg(long = "column", value_name = "FIELD=COLUMN")]
    pub columns: Vec<String>,
    /// Zone of times in a CSV that name none, such as Europe/Paris [default: UTC].
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Minutes that an agent spends on a ticket.
    #[arg(long, default_value_t = 5.0, value_name = "MINUTES")]
    pub minutes_per_ticket: f64,
    /// What an hour of an agent costs, in US dollars.
    #[arg(long, default_value_t = 30.0, value_name = "USD")]
    pub hour_usd: f64,
    /// A price per resolution to hold it against, in US dollars.
    #[arg(long, default_value_t = 0.99, value_name = "USD")]
    pub per_resolution_usd: f64,
    /// A price per ticket to hold it against, in US dollars.
    #[arg(long, default_value_t = 0.40, value_name = "USD")]
    pub per_ticket_usd: f64,
    /// What to do with a run that is there.
    #[command(subcommand)]
    pub command: Option<SimulateCommand>,
}

/// What to do with a run that is there.
#[derive(Debug, Subcommand)]
pub enum SimulateCommand {
    /// Mark a random sample of replies right or wrong, and correct the figures by it.
    Label(LabelArgs),
    /// Exit with 1 when the run may not pass: a leak, a missed escalation, or more harm than in another run.
    Gate(GateArgs),
    /// Write draft articles for what the knowledge does not answer, made of the human answers.
    Gaps(GapsArgs),
    /// Show the change of the policy that the run supports; --write makes it.
    Apply(ApplyArgs),
}

/// Arguments of `simulate label`.
#[derive(Debug, ClapArgs)]
pub struct LabelArgs {
    /// The run, by its name or folder [default: the newest].
    pub run: Option<String>,
    /// How many to show, one at least.
    #[arg(long, default_value = "50", value_name = "N")]
    pub count: NonZeroUsize,
}

/// Arguments of `simulate gate`.
#[derive(Debug, ClapArgs)]
pub struct GateArgs {
    /// The run, by its name or folder [default: the newest].
    pub run: Option<String>,
    /// The run that it is held against.
    #[arg(long, value_name = "RUN")]
    pub against: Option<String>,
    /// Wrong of 100 judged replies at most.
    #[arg(long, value_name = "N")]
    pub max_wrong_per_100: Option<f64>,
    /// Newly wrong replies at most, whatever the test says.
    #[arg(long, value_name = "N")]
    pub newly_wrong_max: Option<usize>,
}

/// Arguments of `simulate gaps`.
#[derive(Debug, ClapArgs)]
pub struct GapsArgs {
    /// The run, by its name or folder [default: the newest].
    pub run: Option<String>,
    /// Folder that the drafts go to.
    #[arg(long, value_name = "DIR")]
    pub out: String,
    /// Who writes: the configured language model distils the human answers, the local mind quotes them [default: the model, when there is one].
    #[arg(long, value_enum)]
    pub mind: Option<Writer>,
}

/// Who writes drafts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Writer {
    /// The human answers, word by word.
    Local,
    /// The language model, from the human answers.
    Model,
}

/// Arguments of `simulate apply`.
#[derive(Debug, ClapArgs)]
pub struct ApplyArgs {
    /// The run, by its name or folder [default: the newest].
    pub run: Option<String>,
    /// Write the policy file; without it the change is only shown.
    #[arg(long)]
    pub write: bool,
}

/// Arguments of `watch`.
#[derive(Debug, ClapArgs)]
pub struct WatchArgs {
    /// The run that predicted, by its name or folder [default: the newest].
    pub run: Option<String>,
}
