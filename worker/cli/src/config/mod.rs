//! The configuration: embedded defaults, then `whimbrel.toml`, then the environment.

pub mod check;
pub mod inbox;
pub mod index;
pub mod ledger;
pub mod load;
pub mod model;
pub mod vendors;

use crate::config::inbox::InboxConfig;
use crate::config::index::IndexConfig;
use crate::config::ledger::LedgerConfig;
use crate::config::model::ModelConfig;
use crate::config::vendors::{GatewayConfig, GenericConfig, HelpdeskConfig};
use adapters::parser::limits::DocumentLimits;
use runtime::settings::WorkerSettings;
use runtime::sweep::SweepSettings;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The defaults, each with its meaning.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// Everything that can be configured.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where Whimbrel keeps everything.
    pub data_dir: PathBuf,
    /// What Whimbrel may do.
    pub policy_file: PathBuf,
    /// What customers may want.
    pub intents_file: PathBuf,
    /// The worker.
    pub worker: WorkerConfig,
    /// Where messages come from.
    pub inbox: InboxConfig,
    /// The ledger.
    pub ledger: LedgerConfig,
    /// The helpdesk.
    pub helpdesk: HelpdeskConfig,
    /// The phone network.
    pub gateway: GatewayConfig,
    /// Webhooks in our own format.
    pub webhook: GenericConfig,
    /// Fetching what was missed.
    pub sweep: SweepSettings,
    /// Texts to vectors.
    pub embedder: EmbedderConfig,
    /// Where passages are searched.
    pub index: IndexConfig,
    /// The language model.
    pub model: ModelConfig,
    /// HTTP for operators.
    pub console: ConsoleConfig,
    /// What a document, and the process that reads it, may use.
    pub documents: DocumentLimits,
    /// Logs.
    pub log: LogConfig,
    /// Traces.
    pub telemetry: TelemetryConfig,
}

/// The worker's name and limits.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WorkerConfig {
    /// Its name in the ledger.
    pub name: String,
    /// Its limits.
    #[serde(flatten)]
    pub settings: WorkerSettings,
}

/// Which embedder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmbedderKind {
    /// The table that is compiled in.
    BuiltIn,
    /// Words and letters alone, without meaning.
    Letters,
    /// A sentence-transformers model.
    Transformer,
    /// A model of the endpoint below `model`.
    Openai,
}

/// The embedder and its limits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedderConfig {
    /// Which.
    pub kind: EmbedderKind,
    /// The transformer's model.
    pub folder: PathBuf,
    /// Threads that the transformer may use.
    pub threads: usize,
    /// The endpoint's model.
    pub name: String,
    /// Length of the endpoint's vectors.
    pub dimensions: usize,
}

/// HTTP for operators.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleConfig {
    /// Address to listen on; empty for none.
    pub listen: String,
    /// What vendors call us by, without a path.
    pub public_url: String,
    /// Bytes of a webhook's body at most.
    pub body_bytes_max: usize,
}

/// How logs look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Logs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// How they look.
    pub format: LogFormat,
    /// Which are written.
    pub level: String,
}

/// Traces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// The collector's address; empty for no traces.
    pub otlp_endpoint: String,
}
