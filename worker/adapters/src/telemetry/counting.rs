//! A layer of `tracing` that counts the worker's events by their names and fields.

use super::metrics::{Counters, Labels, Metrics};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// Decisions whose moment is kept until their message is sent.
pub const DECISIONS_KEPT_MAX: usize = 10_000;

/// Names of the events that are counted.
pub const EVENTS: [&str; 10] =
    ["received", "decided", "superseded", "postponed", "buried", "settled", "unsigned", "step_failed", "cap_reached", "breaker"];

/// Counts. What other workers decided is not timed here.
pub struct Counting {
    metrics: Arc<Metrics>,
    decided: Mutex<Decided>,
}

/// When decisions were made, oldest first.
#[derive(Default)]
struct Decided {
    at: HashMap<String, Instant>,
    order: VecDeque<String>,
}

/// The fields of one event.
#[derive(Default)]
struct Fields {
    words: BTreeMap<&'static str, String>,
    numbers: BTreeMap<&'static str, f64>,
}

impl Counting {
    /// Counts into these.
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Counting { metrics, decided: Mutex::default() }
    }

    fn count(&self, name: &str, fields: &Fields) {
        let metrics = &self.metrics;
        match name {
            "received" => {
                for (field, kind) in [("new", "new"), ("duplicates", "duplicate"), ("malformed", "malformed")] {
                    metrics.received.get_or_create(&vec![("kind", kind.to_owned())]).inc_by(fields.number(field) as u64);
                }
            }
            "decided" => self.decided(fields),
            "superseded" | "postponed" | "buried" => one_more(&metrics.turns, vec![("outcome", name.to_owned())]),
            "settled" => self.settled(fields),
            "unsigned" => one_more(&metrics.webhooks_refused, vec![("vendor", fields.word("vendor"))]),
            "step_failed" => one_more(&metrics.failures, vec![("step", fields.word("what"))]),
            "cap_reached" => one_more(&metrics.caps_reached, vec![("cap", fields.word("cap"))]),
            "breaker" => {
                metrics.breakers.get_or_create(&vec![("of", fields.word("of"))]).set(fields.number("open"));
            }
            _ => {}
        }
    }

    fn decided(&self, fields: &Fields) {
        let metrics = &self.metrics;
        let labels = ["action", "reason", "mind"].map(|label| (label, fields.word(label))).to_vec();
        metrics.decisions.get_or_create(&labels).inc();
        metrics.decision_seconds.observe(fields.number("waited_ms") / 1_000.0);
        if let Some(wrong) = fields.numbers.get("wrong_per_100") {
            metrics.gate.observe(*wrong);
        }
        let missing = match fields.word("reason").as_str() {
            "nothing_found" => Some("returned_nothing"),
            "not_retrieved" => Some("did_not_run"),
            _ => None,
        };
        if let Some(outcome) = missing {
            metrics.retrieval.get_or_create(&vec![("outcome", outcome.to_owned())]).inc();
        }
        if fields.number("consultations") > 0.0 {
            metrics.model_asked.inc();
        }
        metrics.model_usd.inc_by(fields.number("cost_micro_usd") / 1_000_000.0);
        self.decided.lock().unwrap_or_else(PoisonError::into_inner).note(fields.word("decision"));
    }

    fn settled(&self, fields: &Fields) {
        let (effect, outcome) = (fields.word("effect"), fields.word("outcome"));
        if effect == "send" && outcome == "done" {
            let decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = decided.at.get(&fields.word("decision")) {
                self.metrics.send_seconds.observe(at.elapsed().as_secs_f64());
            }
        }
        self.metrics.effects.get_or_create(&vec![("effect", effect), ("outcome", outcome)]).inc();
    }
}

fn one_more(counters: &Counters, labels: Labels) {
    counters.get_or_create(&labels).inc();
}

impl Decided {
    fn note(&mut self, decision: String) {
        while self.order.len() >= DECISIONS_KEPT_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.at.remove(&oldest);
            }
        }
        self.at.insert(decision.clone(), Instant::now());
        self.order.push_back(decision);
    }
}

impl Fields {
    fn word(&self, name: &str) -> String {
        self.words.get(name).cloned().unwrap_or_default()
    }

    fn number(&self, name: &str) -> f64 {
        self.numbers.get(name).copied().unwrap_or(0.0)
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.numbers.insert(field.name(), value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.numbers.insert(field.name(), value as f64);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.numbers.insert(field.name(), value as f64);
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.numbers.insert(field.name(), f64::from(u8::from(value)));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.words.insert(field.name(), value.to_owned());
    }
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Ids are written so; no other such field is looked at.
        if field.name() == "decision" {
            self.words.insert(field.name(), format!("{value:?}"));
        }
    }
}

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.count(event.metadata().name(), &fields);
    }
}
