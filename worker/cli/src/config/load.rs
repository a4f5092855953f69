//! Reads the configuration and refuses what cannot work, everything at once.

use crate::config::{Config, DEFAULT_TOML, EmbedderKind, check, vendors};
use anyhow::{Context, bail};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use std::path::{Path, PathBuf};
use toml::Table;

/// The file that is read when none is named.
pub const FILE_DEFAULT: &str = "whimbrel.toml";
/// Prefix of environment variables; `__` stands between the parts of a name.
pub const ENV_PREFIX: &str = "WHIMBREL__";
/// More threads than this make no model faster.
pub const EMBEDDER_THREADS_MAX: usize = 64;

/// Reads defaults, file and environment, in this order; the argument for the data folder comes last.
pub fn load(file: Option<&Path>, data_dir: Option<&str>) -> anyhow::Result<Config> {
    let path = match file {
        Some(path) if !path.exists() => bail!("{} does not exist: mend --config, or leave it out to use {FILE_DEFAULT}", path.display()),
        Some(path) => path.to_path_buf(),
        None => PathBuf::from(FILE_DEFAULT),
    };
    let mut given = Figment::new();
    if path.exists() {
        given = given.merge(Toml::file_exact(&path));
    }
    given = given.merge(Env::prefixed(ENV_PREFIX).split("__"));
    if let Some(data_dir) = data_dir {
        given = given.merge(Serialized::default("data_dir", data_dir));
    }
    let given_table: Table = given.extract().with_context(|| format!("{} cannot be read", path.display()))?;
    let default_table: Table = toml::from_str(DEFAULT_TOML).context("the embedded defaults cannot be read")?;
    let mut faults = check::faults(&given_table, &default_table);
    let config = Figment::from(Toml::string(DEFAULT_TOML)).merge(given).extract::<Config>();
    match (&config, faults.is_empty()) {
        (Ok(config), _) => faults.extend(of_values(config)),
        (Err(error), true) => faults.push(error.to_string()),
        (Err(_), false) => {}
    }
    if !faults.is_empty() {
        bail!("the configuration has {} fault(s):\n  - {}", faults.len(), faults.join("\n  - "));
    }
    Ok(config?)
}

/// What has the right form but cannot work.
fn of_values(config: &Config) -> Vec<String> {
    let mut faults = config.worker.settings.faults();
    faults.extend(config.inbox.faults());
    faults.extend(config.documents.faults());
    faults.extend(config.sweep.faults());
    faults.extend(config.ledger.faults());
    faults.extend(vendors::faults(&config.helpdesk, &config.gateway, &config.console.public_url));
    if config.console.body_bytes_max == 0 {
        faults.push("console.body_bytes_max is 0: no webhook could be read".to_owned());
    }
    if config.worker.name.trim().is_empty() {
        faults.push("worker.name is empty: give this worker a name that no other has".to_owned());
    }
    if config.data_dir.as_os_str().is_empty() {
        faults.push("data_dir is empty: name a folder".to_owned());
    }
    let embedder = &config.embedder;
    if embedder.kind == EmbedderKind::Transformer && embedder.folder.as_os_str().is_empty() {
        faults.push("embedder.folder is empty: name a sentence-transformers folder, such as `make model` brings".to_owned());
    }
    if !(1..=EMBEDDER_THREADS_MAX).contains(&embedder.threads) {
        faults.push(format!("embedder.threads is {}: write 1 to {EMBEDDER_THREADS_MAX}", embedder.threads));
    }
    if embedder.kind == EmbedderKind::Openai && (embedder.name.is_empty() || embedder.dimensions == 0 || config.model.base_url.is_empty()) {
        faults.push("embedder.kind is \"openai\": set embedder.name, embedder.dimensions and model.base_url".to_owned());
    }
    faults.extend(config.index.faults(config.worker.settings.decision_deadline_ms));
    faults.extend(config.model.faults(config.worker.settings.decision_deadline_ms));
    let listen = &config.console.listen;
    if !listen.is_empty() && listen.parse::<std::net::SocketAddr>().is_err() {
        faults.push(format!("console.listen `{listen}` is no address: write such as 127.0.0.1:8088, or nothing for no console"));
    }
    faults
}
