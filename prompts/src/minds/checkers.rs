//! Checkers in a row: the first that finds a fault ends it. The rules come first, and no later one can take a fault back.

use async_trait::async_trait;
use std::sync::Arc;
use triage::case::Case;
use triage::classification::Classification;
use triage::draft::{Draft, Verdict};
use triage::evidence::Evidence;
use triage::policy::SmsPolicy;
use triage::ports::{Checker, StageError};

/// The rules, then whatever else looks.
pub struct Checkers {
    /// Deterministic; what it measures is what the gate weighs.
    pub rules: Arc<dyn Checker>,
    /// Asked only about what the rules let pass, with a doubt or without.
    pub more: Vec<Arc<dyn Checker>>,
}

#[async_trait]
impl Checker for Checkers {
    async fn check(
        &self,
        case: &Case,
        classification: &Classification,
        evidence: &Evidence,
        draft: &Draft,
        text: &str,
        sms: &SmsPolicy,
    ) -> Result<Verdict, StageError> {
        let mut verdict = self.rules.check(case, classification, evidence, draft, text, sms).await?;
        for checker in &self.more {
            if verdict.faults.iter().any(|fault| !fault.is_doubt()) {
                break;
            }
            let second = checker.check(case, classification, evidence, draft, text, sms).await?;
            verdict.faults.extend(second.faults);
            verdict.model = format!("{} + {}", verdict.model, second.model);
        }
        Ok(verdict)
    }
}
