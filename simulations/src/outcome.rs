//! What Whimbrel would have done with a past question, and how that compares.

use crate::compare::Comparison;
use triage::decision::Decision;

/// One replayed question.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// What would have been done, receipt and all.
    pub decision: Decision,
    /// How the would-be reply compares with what people did; absent when there was no would-be reply.
    pub comparison: Option<Comparison>,
}
