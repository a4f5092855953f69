//! The whole house in memory: the real worker, triage and knowledge, with ledger, inbox, helpdesk, gateway and clock that
//! tests can look into. Rounds are driven by hand, so nothing sleeps.

use adapters::clock::manual::ManualClock;
use adapters::helpdesk::memory::MemoryHelpdesk;
use adapters::inbox::memory::MemoryInbox;
use adapters::ledger::memory::MemoryLedger;
use adapters::parser::in_process::InProcessParser;
use cli::config::load::load;
use cli::home::Home;
use cli::wiring::{self, Knowledge};
use jiff::Timestamp;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::Example;
use knowledge::learned::training::train;
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::sync::Sync;
use runtime::ports::ledger::{Ledger, WorkerId};
use runtime::ports::sms_gateway::SmsGateway;
use runtime::settings::WorkerSettings;
use runtime::worker::{Ports, Worker};
use std::sync::Arc;
use tempfile::TempDir;
use triage::gate::Gate;
use triage::intent::{IntentCatalog, IntentName};
use triage::policy::{Ceiling, Policy};
use triage::ports::Classifier;
use triage::terms::Terms;
use triage::triage::Triage;

/// What the shop of the tests knows: opening hours, returns, gift cards.
const FAQ: &str = "question,answer
When do you open?,We open at 9 am from Monday to Saturday.
Can I return something?,You can return unused items within 30 days.
Do gift cards expire?,Gift cards never expire.
";

/// A worker with all that it acts upon.
pub struct TestWorker {
    /// Drives rounds.
    pub worker: Worker,
    /// Decides, as the worker does.
    pub triage: Triage,
    /// Where messages are put.
    pub inbox: Arc<MemoryInbox>,
    /// What came in, what was decided, what was done.
    pub ledger: Arc<MemoryLedger>,
    /// What was done to tickets.
    pub helpdesk: Arc<MemoryHelpdesk>,
    /// Stands still until it is set.
    pub clock: Arc<ManualClock>,
    /// The worker's limits.
    pub settings: WorkerSettings,
    _folder: TempDir,
}

impl TestWorker {
    /// A worker over this gateway, which may send what it is sure of.
    pub async fn over(gateway: Arc<dyn SmsGateway>, settings: WorkerSettings) -> anyhow::Result<Self> {
        Self::with_classifier(gateway, settings, |classifier| classifier).await
    }

    /// The same, with something around its classifier.
    pub async fn with_classifier(
        gateway: Arc<dyn SmsGateway>,
        settings: WorkerSettings,
        around: impl FnOnce(Arc<dyn Classifier>) -> Arc<dyn Classifier>,
    ) -> anyhow::Result<Self> {
        Self::with_triage(gateway, settings, |triage| Triage { classifier: around(triage.classifier.clone()), ..triage }).await
    }

    /// The same, with something made of its triage.
    pub async fn with_triage(
        gateway: Arc<dyn SmsGateway>,
        settings: WorkerSettings,
        change: impl FnOnce(Triage) -> Triage,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let start: Timestamp = "2026-11-02T15:00:00Z".parse()?;
        let triage = change(shop(&folder, start, IntentCatalog::default()).await?);
        let clock = Arc::new(ManualClock::at(start));
        let (inbox, ledger, helpdesk) =
            (Arc::new(MemoryInbox::default()), Arc::new(MemoryLedger::default()), Arc::new(MemoryHelpdesk::default()));
        let ports = Ports { inbox: inbox.clone(), ledger: ledger.clone(), helpdesk: helpdesk.clone(), gateway, clock: clock.clone() };
        let worker = Worker::new(WorkerId("test".to_owned()), triage.clone(), ports, settings.clone());
        Ok(TestWorker { worker, triage, inbox, ledger, helpdesk, clock, settings, _folder: folder })
    }

    /// A customer writes now.
    pub fn writes(&self, id: &str, text: &str) {
        let line = serde_json::json!({ "v": 1, "message_id": id, "from": "+12025550142", "to": "+12025550100", "text": text });
        self.inbox.put(line.to_string().into_bytes());
    }

    /// Does what is due, lets time jump to what falls due next, and goes on until nothing is left to do.
    pub async fn settle(&self) -> anyhow::Result<()> {
        loop {
            let taken = self.worker.intake_round().await?;
            let done = taken + self.worker.decision_round().await? + self.worker.effect_round().await?;
            if done > 0 {
                continue;
            }
            match self.ledger.next_due(self.settings.claim_terms()).await? {
                Some(due) => self.clock.set(due.max(runtime::ports::clock::Clock::now(self.clock.as_ref()))),
                None => return Ok(()),
            }
        }
    }
}

/// The sync of this knowledge, parsing where it stands: the program that would start a child of itself is the test.
pub fn sync(knowledge: &Knowledge) -> Sync {
    let Sync { loader, store, embedder, .. } = knowledge.sync.as_ref();
    Sync { loader: loader.clone(), parser: Arc::new(InProcessParser), store: store.clone(), embedder: embedder.clone() }
}

/// The `Triage` of the shop, with this catalogue, its files below `folder`.
pub async fn shop(folder: &TempDir, start: Timestamp, catalog: IntentCatalog) -> anyhow::Result<Triage> {
    triage(&knowledge(folder, start).await?, catalog).await
}

/// A catalogue of what the shop's customers want: its names become tags.
pub fn catalog() -> anyhow::Result<IntentCatalog> {
    let intents = ["hours", "returns", "gift_cards"].map(|name| serde_json::json!({ "name": name, "team": "support" }));
    Ok(serde_json::from_value(serde_json::json!({ "intents": intents }))?)
}

async fn knowledge(folder: &TempDir, now: Timestamp) -> anyhow::Result<Knowledge> {
    let file = folder.path().join("faq.csv");
    std::fs::write(&file, FAQ)?;
    let config = load(None, folder.path().join("data").to_str())?;
    let knowledge = wiring::knowledge(&config, &Home::open(&config.data_dir)?)?;
    let sync = sync(&knowledge);
    let location = file.to_string_lossy().into_owned();
    let source = Source {
        id: SourceId("faq".to_owned()),
        kind: SourceKind::Folder,
        location,
        language: None,
        valid_from: Some(Timestamp::UNIX_EPOCH),
    };
    knowledge.store.put_source(&source, now).await?;
    sync.run(&source, now, &mut |_| {}).await?;
    Ok(knowledge)
}

async fn triage(knowledge: &Knowledge, catalog: IntentCatalog) -> anyhow::Result<Triage> {
    let examples: Vec<Example> = [("when do you open", "hours"), ("can i return it", "returns"), ("do gift cards expire", "gift_cards")]
        .into_iter()
        .flat_map(|(text, intent)| {
            let forms = [text.to_owned(), format!("{text}?"), format!("{text} please")];
            forms.into_iter().map(move |text| Example { text, intent: IntentName(intent.to_owned()), language: None })
        })
        .collect();
    let model = train(&examples, &catalog, knowledge.embedder.as_ref(), 1).await?;
    let classifier = LocalClassifier::new(Arc::new(model), knowledge.embedder.clone())?;
    let policy = Policy {
        max_wrong_per_100: 100.0,
        draft_max_wrong_per_100: 100.0,
        default_ceiling: Ceiling::Reply,
        uncalibrated_ceiling: Ceiling::Reply,
        limits: triage::policy::Limits { out_of_scope_max: 1.0, intent_probability_min: 0.0, ..Default::default() },
        ..Policy::default()
    };
    let terms = Terms::new(policy, catalog, Gate::cautious());
    Ok(wiring::triage(terms, Arc::new(classifier), knowledge.retriever.clone()))
}
