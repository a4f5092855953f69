//! The gate for continuous integration: a run passes, or is told why not.

use crate::difference::Difference;
use crate::report::data::Report;
use serde::{Deserialize, Serialize};

/// Below this chance a rise of wrong replies is no accident.
pub const HARM_P_MAX: f64 = 0.05;

/// What a run must keep.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Wrong of 100 replies at most, by the point estimate; absent to leave it to the comparison.
    pub max_wrong_per_100: Option<f64>,
    /// Newly wrong replies at most, beside what the test allows; absent to leave it to the test.
    pub newly_wrong_max: Option<usize>,
}

/// Why a run does not pass; empty when it does.
pub fn faults(report: &Report, against: Option<&Difference>, limits: Limits) -> Vec<String> {
    let mut faults = Vec::new();
    let audit = &report.audit;
    if !audit.is_clean() {
        faults.push(format!(
            "the leak audit failed: {} passages younger than their ticket, {} of its own answer, {} of unknown origin, {} planted answers",
            audit.younger, audit.own, audit.unknown, audit.canaries_retrieved
        ));
    }
    if report.counted.count == 0 {
        faults.push("no ticket could be counted: the run shows nothing".to_owned());
    }
    if report.must_escalate_missed.count > 0 {
        faults.push(format!("{} tickets that belong to a person would have been replied to", report.must_escalate_missed.count));
    }
    let wrong = &report.headline.wrong;
    if let Some(max) = limits.max_wrong_per_100.filter(|max| wrong.value() * 100.0 > *max) {
        faults.push(format!("{} of {} judged replies are wrong, more than {max} of 100", wrong.count, wrong.of));
    }
    let Some(against) = against else { return faults };
    if against.common == 0 {
        faults.push(format!("run {} has no ticket in common with this one: compare runs of the same file", against.before));
    }
    if against.newly_unsafe > 0 {
        faults.push(format!("{} replies are unsafe that were not in run {}", against.newly_unsafe, against.before));
    }
    let rises = against.newly_wrong > against.no_longer_wrong && against.harm_p < HARM_P_MAX;
    if rises {
        faults.push(format!(
            "harm rises: {} replies are newly wrong and {} no longer, which chance explains with probability {:.3}",
            against.newly_wrong, against.no_longer_wrong, against.harm_p
        ));
    }
    if let Some(max) = limits.newly_wrong_max.filter(|max| against.newly_wrong > *max) {
        faults.push(format!("{} replies are newly wrong, more than {max}", against.newly_wrong));
    }
    faults
}
