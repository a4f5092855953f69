//! The language model of a simulation: the worker's own, with its answers kept on disk.
//!
//! Two meters stand in a row. The outer one notes every answer in receipts as if it had been asked live, so that the report says what
//! such traffic would cost; the inner one charges what is really asked to the worker's accounts, within its caps.

use crate::config::Config;
use crate::config::model::{CapsConfig, ModelKind};
use crate::home::Home;
use crate::wiring::model::{Parts, endpoint, mind};
use adapters::clock::system::SystemClock;
use adapters::language_model::kept::{Answers, KeptModel};
use adapters::language_model::openai::model::OpenAiModel;
use adapters::shield::local::LocalShield;
use adapters::spending::file::FileSpending;
use adapters::spending::none::NoSpending;
use adapters::token_counter::tiktoken;
use anyhow::bail;
use prompts::metered::Metered;
use prompts::minds::desk::Desk;
use prompts::ports::language_model::LanguageModel;
use prompts::ports::spending::Spending;
use prompts::prompt::{Name, Prompt};
use prompts::tabs::Tabs;
use simulations::report::data::Model;
use std::sync::Arc;
use triage::gate::Gate;
use triage::hash;
use triage::ports::SecondMind;
use triage::triage::Triage;

/// The model, ready to be asked once and remembered.
pub struct SimulatedModel {
    config: Config,
    asked: Arc<dyn LanguageModel>,
    answers: Arc<Answers>,
}

impl SimulatedModel {
    /// The model that is configured, with the answers of the data folder.
    pub fn open(config: &Config, home: &Home) -> anyhow::Result<Self> {
        if config.model.kind == ModelKind::None {
            bail!(
                "there is no model: set model.kind, model.base_url and model.name (docs/bring-a-model.md), or leave --mind and --judge out"
            );
        }
        let asked = Arc::new(OpenAiModel::new(endpoint(config, None)?, &config.model.name)?);
        let spending = Arc::new(FileSpending::open(&home.spending(), Arc::new(SystemClock))?);
        Self::over(config, home, asked, spending)
    }

    /// This model with the answers of the data folder; what is asked goes to these accounts.
    pub fn over(config: &Config, home: &Home, model: Arc<dyn LanguageModel>, spending: Arc<dyn Spending>) -> anyhow::Result<Self> {
        let asked = Metered {
            counter: tiktoken::counter(model.name()),
            model,
            spending,
            tabs: Arc::new(Tabs::default()),
            price: config.model.price(),
            caps: config.model.caps(),
        };
        let mut config = config.clone();
        config.model.caps = CapsConfig { call_usd: 0.0, ticket_usd: 0.0, day_usd: 0.0, month_usd: 0.0 };
        Ok(SimulatedModel { config, asked: Arc::new(asked), answers: Arc::new(Answers::open(&home.model_answers())?) })
    }

    /// The second mind beside a first one. Each draw has answers of its own.
    pub fn mind(&self, first: &Triage, gate: Gate, draw: usize) -> anyhow::Result<Arc<dyn SecondMind>> {
        let parts = Parts { model: Arc::new(self.kept(draw)), shield: Arc::new(LocalShield), spending: Arc::new(NoSpending), gate };
        Ok(Arc::new(mind(&self.config, first, parts)?))
    }

    /// What the judge and the distiller speak through.
    pub fn desk(&self) -> Desk {
        let counter = tiktoken::counter(self.asked.name());
        Desk { model: Arc::new(self.kept(0)), shield: Arc::new(LocalShield), counter, budget: self.config.model.budget() }
    }

    fn kept(&self, draw: usize) -> KeptModel {
        KeptModel::new(self.asked.clone(), self.answers.clone(), parameters(&self.config), draw)
    }
}

/// All settings that can change an answer, beside the prompt and the model's name.
fn parameters(config: &Config) -> String {
    let model = &config.model;
    hash::of(&(&model.base_url, model.temperature, model.structured, model.limit_name))
}

/// The model of a run, for its name and its report.
pub fn described(config: &Config) -> anyhow::Result<Model> {
    let model = &config.model;
    let prompts: Vec<String> = Name::ALL.into_iter().map(|name| Ok(Prompt::load(name)?.hash)).collect::<anyhow::Result<_>>()?;
    let settings = (
        parameters(config),
        (model.check, model.prompt_tokens_max, model.answer_tokens_max, model.reply_deadline_ms),
        model.price(),
        prompts,
    );
    Ok(Model { name: model.name.clone(), settings: hash::of(&settings) })
}
