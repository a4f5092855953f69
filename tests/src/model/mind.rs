//! A triage that leaves everything to a model, for tests of the model.

use adapters::clock::manual::ManualClock;
use adapters::spending::memory::MemorySpending;
use cli::config::Config;
use cli::config::load::load;
use cli::wiring::model::{Parts, mind};
use jiff::Timestamp;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::hashed_embedder::HashedEmbedder;
use prompts::ports::language_model::LanguageModel;
use prompts::ports::shield::Shield;
use std::sync::Arc;
use triage::gate::Gate;
use triage::intent::{Intent, IntentCatalog, IntentName};
use triage::policy::{Ceiling, Limits, Policy};
use triage::terms::Terms;
use triage::triage::Triage;

/// Everything that the test configures of a model is in here; the rest is the default.
pub fn config() -> anyhow::Result<Config> {
    let mut config = load(None, Some("unused"))?;
    config.model.reply_deadline_ms = 20_000;
    Ok(config)
}

/// The intents of the tests.
pub fn catalog() -> IntentCatalog {
    let intent = |name: &str, example: &str| Intent {
        name: IntentName(name.to_owned()),
        description: example.to_owned(),
        examples: vec![example.to_owned()],
        team: None,
    };
    let intents = vec![
        intent("hours", "when do you open"),
        intent("returns", "can i return something"),
        intent("gift_cards", "do gift cards expire"),
    ];
    IntentCatalog { intents }
}

/// What may be done: everything that passes the checks.
pub fn open_policy() -> Policy {
    Policy {
        max_wrong_per_100: 100.0,
        draft_max_wrong_per_100: 100.0,
        default_ceiling: Ceiling::Reply,
        uncalibrated_ceiling: Ceiling::Reply,
        limits: Limits { out_of_scope_max: 1.0, intent_probability_min: 0.01, ..Limits::default() },
        ..Policy::default()
    }
}

/// The triage with a local mind that knows nothing and this model as its second; and the accounts.
pub fn asking(
    triage: Triage,
    config: &Config,
    model: Arc<dyn LanguageModel>,
    shield: Arc<dyn Shield>,
) -> anyhow::Result<(Triage, Arc<MemorySpending>)> {
    let terms = Arc::new(Terms::new(open_policy(), catalog(), Gate::cautious()));
    let classifier = Arc::new(LocalClassifier::untrained(Arc::new(HashedEmbedder)));
    let mut first = Triage { terms, classifier, ..triage };
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let spending = Arc::new(MemorySpending::new(clock));
    let parts = Parts { model, shield, spending: spending.clone(), gate: Gate::cautious() };
    first.second = Some(Arc::new(mind(config, &first, parts)?));
    Ok((first, spending))
}
