//! The would-be reply before a judge: a language model that is told what a person answered and gives its reason before its verdict.
//! How often it errs is measured on the labels of a person, like the errors of the automatic comparison.

use crate::scorers::reply::Verdict;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use triage::case::Case;
use triage::ports::StageError;

/// What a judge says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opinion {
    /// Why.
    pub reason: String,
    /// The verdict; never [`Verdict::Unsafe`], which rules alone say.
    pub verdict: Verdict,
}

/// Judges would-be replies.
#[async_trait]
pub trait Judge: Send + Sync {
    /// Compares a would-be reply with what a person answered to the same question.
    async fn judge(&self, case: &Case, human_answer: &str, would_be: &str) -> Result<Opinion, StageError>;
}

/// What came of asking the judge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "came", rename_all = "snake_case")]
pub enum Judgement {
    /// It gave an opinion.
    Opinion {
        /// Why.
        reason: String,
        /// What the automatic comparison says.
        automatic: Verdict,
    },
    /// It gave none; the automatic comparison stands.
    None,
}
