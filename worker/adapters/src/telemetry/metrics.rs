//! The metrics themselves.

use crate::telemetry::standing::Standing;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use runtime::ports::records::Status;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

/// The content type of the text.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper bounds of waiting times, in seconds: from a click to the longest that a customer would wait.
pub const SECONDS: [f64; 14] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];
/// Upper bounds of what the gate says, in wrong replies of a hundred.
pub const PER_100: [f64; 11] = [0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 20.0, 30.0, 50.0, 100.0];

/// Names and values of labels.
pub type Labels = Vec<(&'static str, String)>;
/// Counts by labels.
pub type Counters = Family<Labels, Counter>;
/// Levels by labels.
pub type Gauges = Family<Labels, Level>;

type Level = Gauge<f64, AtomicU64>;

/// What is read anew for every answer.
#[derive(Default)]
struct Levels {
    waiting: Level,
    inbox_waiting: Level,
    dead_letters: Level,
    opted_out: Level,
    paused: Level,
    uptime: Level,
}

/// Everything that is counted in this process.
pub struct Metrics {
    registry: Registry,
    /// Messages taken in: new, duplicate, malformed.
    pub received: Counters,
    /// Decisions by action, reason and mind.
    pub decisions: Counters,
    /// From the newest message of a turn to its decision.
    pub decision_seconds: Histogram,
    /// From a decision to its message to the customer.
    pub send_seconds: Histogram,
    /// What the gate said of would-be replies.
    pub gate: Histogram,
    /// Searches that found nothing, and searches that did not run.
    pub retrieval: Counters,
    /// Turns that were dropped, postponed or given up.
    pub turns: Counters,
    /// Effects by kind and outcome.
    pub effects: Counters,
    /// Webhooks whose signature did not hold.
    pub webhooks_refused: Counters,
    /// Decisions for which a language model was asked.
    pub model_asked: Counter,
    /// What the language model cost, in US dollars.
    pub model_usd: Counter<f64, AtomicU64>,
    /// Calls that a cap forbade, by cap.
    pub caps_reached: Counters,
    /// Steps of the worker's loops that failed.
    pub failures: Counters,
    /// Circuit breakers that are open (1) or closed (0).
    pub breakers: Gauges,
    levels: Levels,
    oldest_waiting: Level,
    effects_standing: Gauges,
    started: Instant,
}

impl Metrics {
    /// All of them, at zero.
    pub fn new() -> Self {
        let seconds = || Histogram::new(SECONDS);
        let metrics = Metrics {
            registry: Registry::with_prefix("whimbrel"),
            received: Family::default(),
            decisions: Family::default(),
            decision_seconds: seconds(),
            send_seconds: seconds(),
            gate: Histogram::new(PER_100),
            retrieval: Family::default(),
            turns: Family::default(),
            effects: Family::default(),
            webhooks_refused: Family::default(),
            model_asked: Counter::default(),
            model_usd: Counter::default(),
            caps_reached: Family::default(),
            failures: Family::default(),
            breakers: Family::default(),
            levels: Levels::default(),
            oldest_waiting: Gauge::default(),
            effects_standing: Family::default(),
            started: Instant::now(),
        };
        // An alert on what has never happened needs a zero.
        for outcome in ["did_not_run", "returned_nothing"] {
            drop(metrics.retrieval.get_or_create(&vec![("outcome", outcome.to_owned())]));
        }
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("messages_received", "Messages taken in, by kind", self.received.clone());
        registry.register("decisions", "Turns decided, by action, reason and mind", self.decisions.clone());
        registry.register("decision_seconds", "From the newest message of a turn to its decision", self.decision_seconds.clone());
        registry.register("send_seconds", "From a decision to its message to the customer", self.send_seconds.clone());
        registry.register("gate_wrong_per_100", "How many of 100 such replies are wrong, by the gate", self.gate.clone());
        registry.register("retrieval", "Turns for which the search returned nothing or did not run", self.retrieval.clone());
        registry.register("turns", "Turns that were superseded, postponed or dead-lettered", self.turns.clone());
        registry.register("effects", "Effects tried, by kind and outcome", self.effects.clone());
        registry.register("webhooks_refused", "Webhooks whose signature did not hold, by vendor", self.webhooks_refused.clone());
        registry.register("model_asked", "Turns for which the language model was asked", self.model_asked.clone());
        registry.register("model_spent_usd", "What the language model cost, in US dollars", self.model_usd.clone());
        registry.register("model_caps_reached", "Calls of the language model that a cap forbade", self.caps_reached.clone());
        registry.register("step_failures", "Steps of the worker that failed and are tried again", self.failures.clone());
        registry.register("breaker_open", "Circuit breakers: 1 while calls are held back", self.breakers.clone());
        let levels = &self.levels;
        registry.register("messages_waiting", "Messages in the ledger without a decision", levels.waiting.clone());
        registry.register("inbox_waiting", "Messages in the inbox that are not yet in the ledger", levels.inbox_waiting.clone());
        registry.register("dead_letters_open", "Dead letters that nobody has dealt with", levels.dead_letters.clone());
        registry.register("opted_out", "Customers who have opted out", levels.opted_out.clone());
        registry.register("paused", "1 while the operator has paused the worker", levels.paused.clone());
        registry.register("uptime_seconds", "Age of this process", levels.uptime.clone());
        registry.register("oldest_waiting_seconds", "Age of the oldest message without a decision", self.oldest_waiting.clone());
        registry.register("effects_standing", "Effects in the ledger, by state", self.effects_standing.clone());
        self
    }

    /// The text of all metrics. `standing` is how the ledger and the inbox stand now; what could not be read keeps its last value.
    pub fn text(&self, standing: &Standing) -> String {
        if let Some(status) = &standing.status {
            self.note(status, standing.now_ms);
        }
        // What nobody knows is no number: a level that stood still would look like a healthy inbox.
        self.levels.inbox_waiting.set(standing.inbox_waiting.map_or(f64::NAN, |messages| messages as f64));
        self.levels.uptime.set(self.started.elapsed().as_secs_f64());
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }

    fn note(&self, status: &Status, now_ms: i64) {
        let waited_ms = status.oldest_waiting_at.map_or(0, |at| (now_ms - at.as_millisecond()).max(0));
        self.oldest_waiting.set(waited_ms as f64 / 1_000.0);
        let levels = &self.levels;
        levels.waiting.set(status.waiting as f64);
        levels.dead_letters.set(status.dead_letters as f64);
        levels.opted_out.set(status.opted_out as f64);
        levels.paused.set(f64::from(u8::from(status.paused)));
        for state in ["pending", "sending", "unknown", "done", "failed", "cancelled"] {
            let count = status.effects.get(state).copied().unwrap_or(0);
            self.effects_standing.get_or_create(&vec![("state", state.to_owned())]).set(count as f64);
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
