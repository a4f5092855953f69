//! The language model's part of the configuration.

use adapters::language_model::openai::settings::{CallLimits, LimitName, Structured};
use prompts::budget::fit::TokenBudget;
use prompts::budget::money::{Caps, Price};
use serde::{Deserialize, Serialize};

/// Whether there is a model.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// None: the local mind decides alone.
    None,
    /// An OpenAI-compatible endpoint.
    Openai,
}

/// What a model costs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ModelPrice {
    /// The model's name.
    pub name: String,
    /// Its price.
    #[serde(flatten)]
    pub price: Price,
}

/// The most that may be spent, in US dollars; 0 for no cap.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapsConfig {
    /// One call.
    pub call_usd: f64,
    /// One ticket.
    pub ticket_usd: f64,
    /// One day (UTC).
    pub day_usd: f64,
    /// One month (UTC).
    pub month_usd: f64,
}

/// The language model and its limits.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Whether there is one.
    pub kind: ModelKind,
    /// The endpoint.
    pub base_url: String,
    /// The model's name there.
    pub name: String,
    /// The environment variable that holds the key.
    pub key_env: String,
    /// The file that holds the key.
    pub key_file: String,
    /// A proxy; empty for none.
    pub proxy: String,
    /// How an answer gets its form.
    pub structured: Structured,
    /// What the limit on an answer is called.
    pub limit_name: LimitName,
    /// Sent from 0 on.
    pub temperature: f64,
    /// The model checks its own replies, after the rules.
    pub check: bool,
    /// A whole reply may take so long.
    pub reply_deadline_ms: i64,
    /// The summary for a person who takes over may take so long on top; 0 for none.
    pub summary_deadline_ms: i64,
    /// Tokens of one prompt at most.
    pub prompt_tokens_max: usize,
    /// Tokens of one answer at most.
    pub answer_tokens_max: u32,
    /// What models cost.
    pub prices: Vec<ModelPrice>,
    /// What may be spent.
    pub caps: CapsConfig,
    /// Limits of calls.
    pub calls: CallLimits,
}

/// A prompt with less room holds no passage.
const PROMPT_TOKENS_MIN: usize = 1_500;
/// A shorter answer holds no reply.
const ANSWER_TOKENS_MIN: u32 = 100;

impl ModelConfig {
    /// Tokens of a call.
    pub fn budget(&self) -> TokenBudget {
        TokenBudget { prompt_tokens_max: self.prompt_tokens_max, answer_tokens_max: self.answer_tokens_max }
    }

    /// What the model costs; nothing when it is not listed.
    pub fn price(&self) -> Price {
        self.prices.iter().find(|listed| listed.name == self.name).map(|listed| listed.price).unwrap_or_default()
    }

    /// The caps in millionths of a dollar.
    pub fn caps(&self) -> Caps {
        let cap = |usd: f64| (usd > 0.0).then_some((usd * 1_000_000.0).round() as u64);
        let caps = &self.caps;
        Caps { call: cap(caps.call_usd), ticket: cap(caps.ticket_usd), day: cap(caps.day_usd), month: cap(caps.month_usd) }
    }

    /// Everything that cannot work, each with what to do.
    pub fn faults(&self, decision_deadline_ms: i64) -> Vec<String> {
        let mut faults = Vec::new();
        let is_url = self.base_url.starts_with("http://") || self.base_url.starts_with("https://");
        if !self.base_url.is_empty() && !is_url {
            faults.push(format!("model.base_url `{}` is no address: write such as http://127.0.0.1:8080/v1", self.base_url));
        }
        for (name, value) in [
            ("caps.call_usd", self.caps.call_usd),
            ("caps.ticket_usd", self.caps.ticket_usd),
            ("caps.day_usd", self.caps.day_usd),
            ("caps.month_usd", self.caps.month_usd),
        ] {
            if !(value >= 0.0 && value.is_finite()) {
                faults.push(format!("model.{name} is {value}: write dollars, or 0.0 for no cap"));
            }
        }
        let has_negative = |price: &Price| !(price.input_usd_per_million >= 0.0 && price.output_usd_per_million >= 0.0);
        if let Some(listed) = self.prices.iter().find(|listed| has_negative(&listed.price)) {
            faults.push(format!("model.prices: the price of {} is less than nothing", listed.name));
        }
        if self.kind == ModelKind::None {
            return faults;
        }
        if self.base_url.is_empty() || self.name.is_empty() {
            faults.push("model.base_url or model.name is empty: name the endpoint and the model, or set model.kind to \"none\"".to_owned());
        }
        if self.reply_deadline_ms <= 0 || self.reply_deadline_ms >= decision_deadline_ms {
            faults.push(
                "model.reply_deadline_ms must be greater than 0 and less than worker.decision_deadline_ms: the local answer needs its time"
                    .to_owned(),
            );
        }
        if self.summary_deadline_ms < 0 || self.reply_deadline_ms.saturating_add(self.summary_deadline_ms) >= decision_deadline_ms {
            faults.push(
                "model.summary_deadline_ms may not be negative, and with model.reply_deadline_ms it must be less than \
                 worker.decision_deadline_ms: nothing holds a hand-over up"
                    .to_owned(),
            );
        }
        if self.prompt_tokens_max < PROMPT_TOKENS_MIN || self.answer_tokens_max < ANSWER_TOKENS_MIN {
            faults
                .push(format!("model.prompt_tokens_max must be at least {PROMPT_TOKENS_MIN}, model.answer_tokens_max {ANSWER_TOKENS_MIN}"));
        }
        if self.calls.attempts_max == 0 || self.calls.concurrency_max == 0 || self.calls.breaker_failures == 0 {
            faults.push("model.calls: attempts_max, concurrency_max and breaker_failures must be at least 1".to_owned());
        }
        faults
    }
}
