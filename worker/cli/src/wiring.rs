//! The composition root: which twin stands behind which port. The worker, `ask`, `explain --rerun`, `learn` and the
//! demo get their `Triage` from the one function [`triage()`], so live and replay cannot differ.

pub mod inbox;
pub mod index;
pub mod ledger;
pub mod model;
pub mod operators;
pub mod simulated;

use crate::commands::parse_document;
use crate::config::{Config, EmbedderConfig, EmbedderKind};
use crate::home::Home;
use crate::vendors::{self, Vendors};
use adapters::inbox::spool::Spool;
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use adapters::ledger::sqlite::SqliteLedger;
use adapters::loader::combined::CombinedLoader;
use adapters::loader::folder::Folder;
use adapters::outbox::Outbox;
use adapters::parser::child::ChildParser;
use anyhow::Context;
use knowledge::feed::Feed;
use knowledge::learned::checker::LocalChecker;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::letters::LetterEmbedder;
use knowledge::learned::model::Model;
use knowledge::learned::static_table::embedder::StaticEmbedder;
use knowledge::learned::writer::LocalWriter;
use knowledge::ports::embedder::Embedder;
use knowledge::ports::loader::Loader;
use knowledge::ports::parser::Parser;
use knowledge::ports::store::KnowledgeStore;
use knowledge::retriever::KnowledgeRetriever;
use knowledge::sync::Sync;
use runtime::ports::clock::Clock;
use runtime::ports::ledger::{Ledger, WorkerId};
use runtime::worker::{Ports, Worker};
use std::path::Path;
use std::sync::Arc;
use triage::gate::Gate;
use triage::intent::IntentCatalog;
use triage::policy::Policy;
use triage::ports::{Classifier, Retriever};
use triage::terms::Terms;
use triage::triage::Triage;

/// The knowledge, ready to be searched and changed.
#[derive(Clone)]
pub struct Knowledge {
    /// The truth.
    pub store: Arc<dyn KnowledgeStore>,
    /// Keeps the index level with the store.
    pub feed: Arc<Feed>,
    /// Finds passages; catches up with the store before every search.
    pub retriever: Arc<KnowledgeRetriever>,
    /// Takes sources in.
    pub sync: Arc<Sync>,
    /// Turns texts into vectors.
    pub embedder: Arc<dyn Embedder>,
}

/// Opens the knowledge of a data folder with the embedder that is configured.
pub fn knowledge(config: &Config, home: &Home) -> anyhow::Result<Knowledge> {
    knowledge_with(config, home, embedder(config)?)
}

/// Opens the knowledge of a data folder.
pub fn knowledge_with(config: &Config, home: &Home, embedder: Arc<dyn Embedder>) -> anyhow::Result<Knowledge> {
    let opened = SqliteKnowledgeStore::open(&home.knowledge())?;
    let index = index::index(config, &opened, embedder.dimensions())?;
    let store: Arc<dyn KnowledgeStore> = Arc::new(opened);
    let feed = Arc::new(Feed::new(store.clone(), index));
    let folder = Folder { file_bytes_max: config.documents.file_bytes_max };
    let loader: Arc<dyn Loader> = Arc::new(CombinedLoader { folder, ..CombinedLoader::default() });
    let parser: Arc<dyn Parser> = Arc::new(parser(config)?);
    Ok(Knowledge {
        retriever: Arc::new(KnowledgeRetriever::new(feed.clone(), embedder.clone())),
        feed,
        sync: Arc::new(Sync { loader, parser, store: store.clone(), embedder: embedder.clone() }),
        store,
        embedder,
    })
}

/// Reads documents in this program's own child, which is started when the first one comes.
pub fn parser(config: &Config) -> anyhow::Result<ChildParser> {
    let program = std::env::current_exe().context("cannot find the program itself, which reads documents in a child process")?;
    Ok(ChildParser::new(program, parse_document::arguments(&config.documents), config.documents.clone()))
}

/// The embedder that is configured.
pub fn embedder(config: &Config) -> anyhow::Result<Arc<dyn Embedder>> {
    match config.embedder.kind {
        EmbedderKind::BuiltIn => Ok(Arc::new(StaticEmbedder::new()?)),
        EmbedderKind::Letters => Ok(Arc::new(LetterEmbedder)),
        EmbedderKind::Transformer => transformer(&config.embedder),
        EmbedderKind::Openai => model::embedder(config),
    }
}

#[cfg(feature = "transformer")]
fn transformer(config: &EmbedderConfig) -> anyhow::Result<Arc<dyn Embedder>> {
    use adapters::embedder::recent::RecentEmbedder;
    use adapters::embedder::transformer::embedder::TransformerEmbedder;
    let opened = TransformerEmbedder::open(&config.folder, config.threads)
        .with_context(|| format!("embedder.folder {} cannot be used", config.folder.display()))?;
    Ok(Arc::new(RecentEmbedder::new(Arc::new(opened))))
}

#[cfg(not(feature = "transformer"))]
fn transformer(_: &EmbedderConfig) -> anyhow::Result<Arc<dyn Embedder>> {
    anyhow::bail!(
        "embedder.kind is \"transformer\", but this program was built without it: build it with \
         `cargo install --path worker/cli --features transformer`, or set embedder.kind to \"built-in\""
    )
}

/// What the operator set down, and the gate of the data folder (the cautious one until `learn` has fitted another).
pub fn terms(config: &Config, home: &Home) -> anyhow::Result<Terms> {
    let policy: Policy = read_toml(&config.policy_file)?;
    let catalog: IntentCatalog = read_toml(&config.intents_file)?;
    let faults = policy.faults(&catalog);
    if !faults.is_empty() {
        anyhow::bail!("{} has {} fault(s):\n  - {}", config.policy_file.display(), faults.len(), faults.join("\n  - "));
    }
    Ok(Terms::new(policy, catalog, gate(home)?))
}

/// The gate of the data folder.
pub fn gate(home: &Home) -> anyhow::Result<Gate> {
    gate_in(&home.gate())
}

/// The gate in a file; the cautious one where there is none.
pub fn gate_in(path: &Path) -> anyhow::Result<Gate> {
    if !path.exists() {
        return Ok(Gate::cautious());
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is damaged: run `whimbrel learn` again, or delete it to start uncalibrated", path.display()))
}

/// A file that does not exist stands for the defaults.
fn read_toml<T: serde::de::DeserializeOwned + Default>(path: &Path) -> anyhow::Result<T> {
    if !path.exists() {
        return Ok(T::default());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not as it should be", path.display()))
}

/// The learned classifier of the data folder; an untrained one gives everything to people.
pub fn classifier(home: &Home, embedder: Arc<dyn Embedder>) -> anyhow::Result<LocalClassifier> {
    match model(home)? {
        Some(model) => Ok(LocalClassifier::new(Arc::new(model), embedder)?),
        None => Ok(LocalClassifier::untrained(embedder)),
    }
}

/// The learned model of the data folder, when there is one.
pub fn model(home: &Home) -> anyhow::Result<Option<Model>> {
    let path = home.model();
    if !path.exists() {
        return Ok(None);
    }
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let model = Model::from_bytes(&bytes).with_context(|| format!("{} is damaged: run `whimbrel learn` again", path.display()))?;
    Ok(Some(model))
}

/// The one place where a `Triage` is put together.
pub fn triage(terms: Terms, classifier: Arc<dyn Classifier>, retriever: Arc<dyn Retriever>) -> Triage {
    Triage { terms: Arc::new(terms), classifier, retriever, writer: Arc::new(LocalWriter), checker: Arc::new(LocalChecker), second: None }
}

/// The `Triage` of a data folder.
pub fn triage_of(config: &Config, home: &Home, knowledge: &Knowledge) -> anyhow::Result<Triage> {
    let classifier = classifier(home, knowledge.embedder.clone())?;
    let mut triage = triage(terms(config, home)?, Arc::new(classifier), index::retriever(config, knowledge));
    triage.second = model::second_mind(config, home, &triage, None)?;
    Ok(triage)
}

/// The embedded ledger of a data folder; a second worker on the same folder is refused.
pub fn worker_ledger(home: &Home) -> anyhow::Result<Arc<SqliteLedger>> {
    Ok(Arc::new(SqliteLedger::open_worker(&home.ledger())?))
}

/// The spool of a data folder.
pub fn spool(home: &Home) -> anyhow::Result<Arc<Spool>> {
    Ok(Arc::new(Spool::open(&home.spool())?))
}

/// Conversations that webhooks have named and that are still to be read.
pub fn notices(home: &Home) -> anyhow::Result<Arc<Spool>> {
    Ok(Arc::new(Spool::open(&home.notices())?))
}

/// The helpdesk and the phone network; one process at a time may hold them.
pub fn vendors(config: &Config, home: &Home, clock: Arc<dyn Clock>) -> anyhow::Result<Vendors> {
    let outbox = Arc::new(Outbox::open(&home.outbox(), clock.clone())?);
    vendors::connect(config, &outbox, clock)
}

/// A worker on a data folder.
pub fn worker(config: &Config, home: &Home, triage: Triage, ledger: Arc<dyn Ledger>, clock: Arc<dyn Clock>) -> anyhow::Result<Worker> {
    let vendors = vendors(config, home, clock.clone())?;
    worker_with(config, home, triage, (WorkerId(config.worker.name.clone()), ledger), vendors, clock)
}

/// A worker on a data folder, with a name in its ledger and vendors that are connected already.
pub fn worker_with(
    config: &Config,
    home: &Home,
    triage: Triage,
    (id, ledger): (WorkerId, Arc<dyn Ledger>),
    (helpdesk, gateway): Vendors,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Worker> {
    let ports = Ports { inbox: inbox::inbox(config, home)?, ledger, helpdesk, gateway, clock };
    Ok(Worker::new(id, triage, ports, config.worker.settings.clone()))
}
