//! The language model's part of the composition root.

use crate::config::Config;
use crate::config::model::ModelKind;
use crate::home::Home;
use crate::wiring::gate_in;
use adapters::embedder::openai::OpenAiEmbedder;
use adapters::embedder::recent::RecentEmbedder;
use adapters::language_model::openai::model::OpenAiModel;
use adapters::language_model::openai::settings::Endpoint;
use adapters::second_mind::timed::TimedMind;
use adapters::secret::Secret;
use adapters::shield::local::LocalShield;
use adapters::token_counter::tiktoken;
use anyhow::Context;
use knowledge::ports::embedder::Embedder;
use prompts::metered::Metered;
use prompts::minds::checker::ModelChecker;
use prompts::minds::checkers::Checkers;
use prompts::minds::classifier::ModelClassifier;
use prompts::minds::desk::Desk;
use prompts::minds::summariser::ModelSummariser;
use prompts::minds::writer::ModelWriter;
use prompts::ports::language_model::LanguageModel;
use prompts::ports::shield::Shield;
use prompts::ports::spending::Spending;
use prompts::tabs::Tabs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use triage::gate::Gate;
use triage::ports::{Checker, SecondMind};
use triage::terms::Terms;
use triage::triage::Triage;

/// What the second mind is made of, beside the first one.
pub struct Parts {
    /// The model.
    pub model: Arc<dyn LanguageModel>,
    /// What stands between it and people's words.
    pub shield: Arc<dyn Shield>,
    /// What was spent.
    pub spending: Arc<dyn Spending>,
    /// How often its replies are wrong.
    pub gate: Gate,
}

/// The second mind that is configured, beside this first one; none where there is no model. `record` is a file for a cassette.
pub fn second_mind(config: &Config, home: &Home, first: &Triage, record: Option<&Path>) -> anyhow::Result<Option<Arc<dyn SecondMind>>> {
    if config.model.kind == ModelKind::None {
        return Ok(None);
    }
    let parts = Parts {
        model: Arc::new(OpenAiModel::new(endpoint(config, record)?, &config.model.name)?),
        shield: Arc::new(LocalShield),
        spending: crate::wiring::ledger::spending(config, home)?,
        gate: gate_in(&home.model_gate())?,
    };
    Ok(Some(Arc::new(mind(config, first, parts)?)))
}

/// A second mind of these parts: the first one's knowledge and rules, the model's words, a gate of its own.
pub fn mind(config: &Config, first: &Triage, parts: Parts) -> anyhow::Result<TimedMind> {
    let Parts { model, shield, spending, gate } = parts;
    let counter = tiktoken::counter(model.name());
    let tabs = Arc::new(Tabs::default());
    let metered = Metered {
        model,
        counter: counter.clone(),
        spending: spending.clone(),
        tabs: tabs.clone(),
        price: config.model.price(),
        caps: config.model.caps(),
    };
    let desk = Desk { model: Arc::new(metered), shield, counter, budget: config.model.budget() };
    let terms = Terms::new(first.terms.policy.clone(), first.terms.catalog.clone(), gate);
    let more: Vec<Arc<dyn Checker>> = match config.model.check {
        true => vec![Arc::new(ModelChecker::new(desk.clone())?)],
        false => Vec::new(),
    };
    let triage = Triage {
        classifier: Arc::new(ModelClassifier::new(desk.clone(), first.classifier.clone(), terms.catalog.clone())?),
        terms: Arc::new(terms),
        retriever: first.retriever.clone(),
        writer: Arc::new(ModelWriter::new(desk.clone())?),
        checker: Arc::new(Checkers { rules: first.checker.clone(), more }),
        second: None,
    };
    let deadline = Duration::from_millis(u64::try_from(config.model.reply_deadline_ms).unwrap_or(0));
    let summary_ms = u64::try_from(config.model.summary_deadline_ms).unwrap_or(0);
    let summariser = if summary_ms > 0 { Some(ModelSummariser::new(desk)?) } else { None };
    Ok(TimedMind { triage, tabs, spending, deadline, summariser, summary_deadline: Duration::from_millis(summary_ms) })
}

/// The endpoint that is configured, with its key.
pub fn endpoint(config: &Config, record: Option<&Path>) -> anyhow::Result<Endpoint> {
    let model = &config.model;
    Ok(Endpoint {
        key: key("model.key_file", &model.key_env, &model.key_file)?,
        proxy: model.proxy.clone(),
        structured: model.structured,
        limit_name: model.limit_name,
        temperature: (model.temperature >= 0.0).then_some(model.temperature),
        limits: model.calls.clone(),
        record: record.map(Path::to_path_buf),
        ..Endpoint::at(&model.base_url)
    })
}

/// The key in a file (`name` is what the configuration calls that), else in the environment, else none: endpoints of one's own need none.
pub fn key(name: &str, env: &str, file: &str) -> anyhow::Result<Secret> {
    if !file.is_empty() {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name} {file}"))?;
        return Ok(Secret::new(text.trim()));
    }
    let set = if env.is_empty() { None } else { std::env::var(env).ok() };
    Ok(Secret::new(set.unwrap_or_default().trim()))
}

/// Embeddings of the endpoint.
pub fn embedder(config: &Config) -> anyhow::Result<Arc<dyn Embedder>> {
    let (name, dimensions) = (&config.embedder.name, config.embedder.dimensions);
    let embedder = OpenAiEmbedder::new(endpoint(config, None)?, name, dimensions, tiktoken::counter(name))?;
    Ok(Arc::new(RecentEmbedder::new(Arc::new(embedder))))
}
