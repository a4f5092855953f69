//! What the worker's limits are. Every one has a name, a unit and a documented default.

use crate::ports::ledger::{ClaimTerms, DUE_MS_MAX};
use crate::retry::RetryPolicy;
use serde::{Deserialize, Serialize};

/// Limits of the worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// A turn is over when the customer has been silent so long. Default 12 seconds.
    pub burst_window_ms: i64,
    /// A turn is over at the latest so long after its first message. Default 45 seconds.
    pub burst_max_ms: i64,
    /// A claim holds so long; a worker that died is replaced after it. Default one minute.
    pub lease_ms: i64,
    /// Turns that are decided at the same time. Default 32.
    pub turns_in_flight: usize,
    /// Effects that are carried out at the same time. Default 32.
    pub effects_in_flight: usize,
    /// Messages taken in with one commit. Default 256.
    pub intake_batch: usize,
    /// One decision may take so long, from its claim to its end. Default 30 seconds.
    pub decision_deadline_ms: i64,
    /// One call of the gateway or the helpdesk may take so long; after it the outcome is unknown. Default 20 seconds.
    pub effect_deadline_ms: i64,
    /// An effect whose outcome is unknown is looked up after so long: longer than the gateway's list lags behind and
    /// than a request in flight can still be accepted. Default two minutes.
    pub settle_ms: i64,
    /// An effect that is still unknown after so long becomes a person's business. Default one hour.
    pub unknown_max_ms: i64,
    /// The longest sleep when nothing is due. Default 250 ms.
    pub poll_ms: i64,
    /// When failed work is tried again.
    pub retry: RetryPolicy,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        WorkerSettings {
            burst_window_ms: 12_000,
            burst_max_ms: 45_000,
            lease_ms: 60_000,
            turns_in_flight: 32,
            effects_in_flight: 32,
            intake_batch: 256,
            decision_deadline_ms: 30_000,
            effect_deadline_ms: 20_000,
            settle_ms: 120_000,
            unknown_max_ms: 3_600_000,
            poll_ms: 250,
            retry: RetryPolicy::default(),
        }
    }
}

impl WorkerSettings {
    /// When a turn may be claimed, and how many at once.
    pub fn claim_terms(&self) -> ClaimTerms {
        ClaimTerms {
            burst_window_ms: self.burst_window_ms,
            burst_max_ms: self.burst_max_ms,
            lease_ms: self.lease_ms,
            limit: self.turns_in_flight,
        }
    }

    /// Everything that cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let positive = [
            ("lease_ms", self.lease_ms),
            ("decision_deadline_ms", self.decision_deadline_ms),
            ("effect_deadline_ms", self.effect_deadline_ms),
            ("settle_ms", self.settle_ms),
            ("unknown_max_ms", self.unknown_max_ms),
            ("poll_ms", self.poll_ms),
            ("turns_in_flight", self.turns_in_flight as i64),
            ("effects_in_flight", self.effects_in_flight as i64),
            ("intake_batch", self.intake_batch as i64),
            ("retry.attempts_max", i64::from(self.retry.attempts_max)),
            ("retry.first_ms", self.retry.first_ms),
            ("retry.factor", i64::from(self.retry.factor)),
        ];
        faults.extend(positive.iter().filter(|(_, value)| *value <= 0).map(|(name, _)| format!("worker.{name} must be greater than 0")));
        if self.burst_window_ms < 0 || self.burst_max_ms < self.burst_window_ms {
            faults.push("worker.burst_max_ms must be at least worker.burst_window_ms, and neither may be negative".to_owned());
        }
        if self.lease_ms <= self.decision_deadline_ms {
            faults.push("worker.lease_ms must be longer than worker.decision_deadline_ms: a claim must outlive its decision".to_owned());
        }
        if self.lease_ms <= self.effect_deadline_ms {
            faults.push("worker.lease_ms must be longer than worker.effect_deadline_ms: a claim must outlive its call".to_owned());
        }
        let put_off = [("lease_ms", self.lease_ms), ("settle_ms", self.settle_ms), ("retry.longest_ms", self.retry.longest_ms)];
        let too_long = put_off.iter().filter(|(_, wait_ms)| *wait_ms > DUE_MS_MAX);
        faults.extend(too_long.map(|(name, _)| format!("worker.{name} must be at most {DUE_MS_MAX}")));
        if self.unknown_max_ms <= self.settle_ms {
            faults.push("worker.unknown_max_ms must be longer than worker.settle_ms: a send is looked up at least once".to_owned());
        }
        faults
    }
}
