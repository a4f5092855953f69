//! Asks the checker whether the texts that would be sent may be sent.

use crate::case::Case;
use crate::classification::Classification;
use crate::draft::{Draft, Fault, Verdict};
use crate::evidence::Evidence;
use crate::policy::SmsPolicy;
use crate::ports::{Checker, StageError};

/// Checks what would be sent, not what was written: fitting may have cut it.
pub async fn check(
    checker: &dyn Checker,
    case: &Case,
    classification: &Classification,
    evidence: &Evidence,
    draft: &Draft,
    texts: &[String],
    sms: &SmsPolicy,
) -> Result<Verdict, StageError> {
    let mut verdict = checker.check(case, classification, evidence, draft, &texts.join("\n"), sms).await?;
    StageError::unless_finite("check", [verdict.support])?;
    let unfounded = draft.citations.is_empty() || draft.citations.iter().any(|citation| evidence.get(&citation.passage).is_none());
    if unfounded && !verdict.faults.contains(&Fault::NoCitation) {
        verdict.faults.push(Fault::NoCitation);
    }
    Ok(verdict)
}
