//! The command line.

pub mod ask;
pub mod evaluate;
pub mod fetch;
pub mod mind;
pub mod prompts;
pub mod setup;
pub mod simulate;

use crate::args::ask::AskArgs;
use crate::args::evaluate::EvaluateCommand;
use crate::args::fetch::FetchCommand;
use crate::args::prompts::PromptsCommand;
use crate::args::setup::SetupCommand;
use crate::args::simulate::{SimulateArgs, WatchArgs};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

/// Triage and auto-reply for SMS behind a helpdesk: replies, tags, drafts or escalates, and says why.
#[derive(Debug, Parser)]
#[command(name = "whimbrel", version, propagate_version = true, max_term_width = 110)]
pub struct Args {
    /// Configuration file [default: whimbrel.toml, when it exists].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<String>,
    /// Folder that holds everything [default: data_dir of the configuration].
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Print JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a small fictional shop through the real worker and show what was decided and why.
    Demo(DemoArgs),
    /// Run the worker until it is stopped.
    Worker(WorkerArgs),
    /// Prepare servers beside the worker.
    Setup {
        /// Which.
        #[command(subcommand)]
        command: SetupCommand,
    },
    /// Put messages (JSON Lines) into the worker's inbox.
    Enqueue(EnqueueArgs),
    /// Decide one text now, send nothing, and show the receipt.
    Ask(AskArgs),
    /// Show a stored receipt for people; --rerun decides again and compares.
    Explain(ExplainArgs),
    /// Documents and past tickets that answers rest on.
    Knowledge {
        /// What to do with them.
        #[command(subcommand)]
        command: KnowledgeCommand,
    },
    /// Learn intents from past tickets and calibrate the gate on them.
    Learn(LearnArgs),
    /// Replay past tickets and report what would have been done, with an honest number.
    Simulate(Box<SimulateArgs>),
    /// Hold what a simulation predicted against what came of the replies.
    Watch(WatchArgs),
    /// How good the local mind is on labelled data: intents, retrieval.
    Evaluate {
        /// What to judge.
        #[command(subcommand)]
        command: EvaluateCommand,
    },
    /// The texts that a language model is given.
    Prompts {
        /// What to do with them.
        #[command(subcommand)]
        command: PromptsCommand,
    },
    /// Bring past tickets or articles of the helpdesk into files.
    Fetch {
        /// What to bring.
        #[command(subcommand)]
        command: FetchCommand,
    },
    /// What could not be dealt with.
    Dead {
        /// What to do with it.
        #[command(subcommand)]
        command: DeadCommand,
    },
    /// Where every message and effect stands.
    Status,
    /// Stop claiming; messages are still taken in.
    Pause,
    /// Claim again.
    Resume,
    /// Check everything and change nothing.
    Doctor,
    /// Print the effective configuration.
    Config,
    /// Read documents from standard input, for the program itself.
    #[command(hide = true)]
    ParseDocument(ParseDocumentArgs),
}

/// Arguments of `parse-document`.
#[derive(Debug, ClapArgs)]
pub struct ParseDocumentArgs {
    /// Bytes of a document at most.
    #[arg(long)]
    pub file_bytes_max: u64,
    /// Bytes of address space at most.
    #[arg(long)]
    pub memory_bytes_max: u64,
    /// Bytes of an answer at most.
    #[arg(long)]
    pub answer_bytes_max: u64,
}

/// Arguments of `demo`.
#[derive(Debug, ClapArgs)]
pub struct DemoArgs {
    /// Keep the folder and leave the worker running on it.
    #[arg(long)]
    pub keep: bool,
}

/// Arguments of `worker`.
#[derive(Debug, ClapArgs)]
pub struct WorkerArgs {
    /// Stop when the inbox is empty and nothing is due any more.
    #[arg(long)]
    pub until_idle: bool,
}

/// Arguments of `enqueue`.
#[derive(Debug, ClapArgs)]
pub struct EnqueueArgs {
    /// A file of JSON Lines, or `-` for standard input. The format is in docs/inbound-message.md.
    pub file: String,
}

/// Arguments of `explain`.
#[derive(Debug, ClapArgs)]
pub struct ExplainArgs {
    /// A decision, a message or a ticket.
    pub id: String,
    /// Decide again with today's knowledge and models, as of then, and compare.
    #[arg(long)]
    pub rerun: bool,
}

/// What a source holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
    /// A folder of documents, or one document.
    Documents,
    /// A file of past tickets (JSON Lines or CSV).
    Tickets,
}

/// What to do with the knowledge.
#[derive(Debug, Subcommand)]
pub enum KnowledgeCommand {
    /// Add a source and sync it.
    Add(AddArgs),
    /// Look at sources again and take in what changed.
    Sync(SyncArgs),
    /// List sources.
    List,
    /// Search as the worker does.
    Search(SearchArgs),
    /// Show a passage.
    Show(PassageArgs),
    /// Keep a passage (P…), a document (SOURCE/NAME) or a source from being found.
    Hide(CurateArgs),
    /// Let it be found again.
    Unhide(CurateArgs),
    /// Let it stand before others.
    Pin(CurateArgs),
    /// Let it stand where its score puts it.
    Unpin(CurateArgs),
    /// Multiply its score, between 0.5 and 2; 1 takes it back.
    Boost(BoostArgs),
    /// Say until when it holds; afterwards it is listed as stale.
    Verify(VerifyArgs),
    /// Say who answers for it; nobody, when no name is given.
    Owner(OwnerArgs),
    /// Make a passage the answer to an intent.
    Approve(ApproveArgs),
    /// Write another text in the place of a passage; the next sync keeps it.
    Edit(EditArgs),
    /// List what may no longer hold, and why.
    Stale,
    /// List passages that say different things on the same matter, the most severe first.
    Contradictions(LimitArgs),
    /// What people did to the knowledge, newest first.
    Audit(LimitArgs),
    /// Forget a source; its answers stop at once.
    Remove(RemoveArgs),
    /// Versions of a document and what people did to it.
    History(HistoryArgs),
}

/// Arguments of `knowledge add`.
#[derive(Debug, ClapArgs)]
pub struct AddArgs {
    /// Folder, document, or file of past tickets.
    pub path: String,
    /// Its name [default: the last part of the path].
    #[arg(long)]
    pub name: Option<String>,
    /// What it holds.
    #[arg(long, value_enum, default_value = "documents")]
    pub kind: Kind,
    /// Language of documents that do not say so themselves.
    #[arg(long)]
    pub language: Option<String>,
    /// From when its documents hold [default: now].
    #[arg(long, value_name = "TIME")]
    pub valid_from: Option<Timestamp>,
    /// Column of a CSV export, as FIELD=COLUMN (ticket_id, text, answer, intent, at, lang, customer).
    #[arg(long = "column", value_name = "FIELD=COLUMN")]
    pub columns: Vec<String>,
}

/// Arguments of `knowledge sync`.
#[derive(Debug, ClapArgs)]
pub struct SyncArgs {
    /// Only this source [default: all].
    pub source: Option<String>,
}

/// Arguments of `knowledge search`.
#[derive(Debug, ClapArgs)]
pub struct SearchArgs {
    /// What to look for.
    pub text: String,
    /// Passages at most.
    #[arg(long, default_value_t = 5)]
    pub limit: usize,
    /// The knowledge of that moment [default: now].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<Timestamp>,
    /// Prefer this language.
    #[arg(long)]
    pub language: Option<String>,
}

/// Arguments of `knowledge show`.
#[derive(Debug, ClapArgs)]
pub struct PassageArgs {
    /// Id of the passage, as `search` prints it.
    pub passage: String,
}

/// Arguments of every verb that curates.
#[derive(Debug, ClapArgs)]
pub struct CurateArgs {
    /// A passage's id, SOURCE/DOCUMENT, or a source.
    pub target: String,
    /// Why, for the audit.
    #[arg(long, default_value = "")]
    pub why: String,
    /// Who, for the audit.
    #[arg(long, env = "USER", default_value = "unknown")]
    pub by: String,
}

/// Arguments of `knowledge boost`.
#[derive(Debug, ClapArgs)]
pub struct BoostArgs {
    /// Of what, by whom and why.
    #[command(flatten)]
    pub curate: CurateArgs,
    /// By what the score is multiplied.
    #[arg(long = "by-factor", value_name = "FACTOR")]
    pub factor: f64,
}

/// Arguments of `knowledge verify`.
#[derive(Debug, ClapArgs)]
pub struct VerifyArgs {
    /// Of what, by whom and why.
    #[command(flatten)]
    pub curate: CurateArgs,
    /// Until when it holds, such as 2026-12-31T00:00:00Z; without it an earlier date is taken back.
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
}

/// Arguments of `knowledge owner`.
#[derive(Debug, ClapArgs)]
pub struct OwnerArgs {
    /// Of what, by whom and why.
    #[command(flatten)]
    pub curate: CurateArgs,
    /// Who answers for it.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `knowledge approve`.
#[derive(Debug, ClapArgs)]
pub struct ApproveArgs {
    /// Of what, by whom and why.
    #[command(flatten)]
    pub curate: CurateArgs,
    /// The intent that it answers; without it the approval is taken back.
    #[arg(long, value_name = "INTENT")]
    pub intent: Option<String>,
}

/// Arguments of `knowledge edit`.
#[derive(Debug, ClapArgs)]
pub struct EditArgs {
    /// Of what (a passage), by whom and why.
    #[command(flatten)]
    pub curate: CurateArgs,
    /// The text that stands there from now on.
    #[arg(long)]
    pub text: String,
}

/// Arguments of lists.
#[derive(Debug, ClapArgs)]
pub struct LimitArgs {
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Arguments of `knowledge remove`.
#[derive(Debug, ClapArgs)]
pub struct RemoveArgs {
    /// The source.
    pub source: String,
}

/// Arguments of `knowledge history`.
#[derive(Debug, ClapArgs)]
pub struct HistoryArgs {
    /// SOURCE/DOCUMENT.
    pub document: String,
}

/// Arguments of `learn`.
#[derive(Debug, ClapArgs)]
pub struct LearnArgs {
    /// Past tickets: JSON Lines, or CSV with --column.
    pub tickets: String,
    /// Column of a CSV export, as FIELD=COLUMN.
    #[arg(long = "column", value_name = "FIELD=COLUMN")]
    pub columns: Vec<String>,
    /// Train only; leave the gate as it is.
    #[arg(long)]
    pub skip_calibration: bool,
    /// Calibrate the language model's gate as well, on so many past turns that the local mind cannot answer; it costs what they cost.
    #[arg(long, value_name = "TURNS")]
    pub model_turns: Option<usize>,
}

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
        /// Its number.
        id: i64,
    },
    /// Close one for good.
    Discard {
        /// Its number.
        id: i64,
    },
}
