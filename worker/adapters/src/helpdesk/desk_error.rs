//! What an HTTP answer of a helpdesk means: certainly not done, perhaps done, or never.

use crate::http::{Answer, CallError};
use runtime::ports::helpdesk::HelpdeskError;

/// A call without an answer. `writes`: it was to change something.
pub fn unanswered(vendor: &str, error: CallError, writes: bool) -> HelpdeskError {
    let problem = format!("{vendor}: {error}");
    match error {
        CallError::NoAnswer(_) if writes => HelpdeskError::Unknown { problem },
        CallError::NoAnswer(_) | CallError::NotSent(_) => HelpdeskError::Again { problem, retry_after_ms: None },
    }
}

/// An answer that is no success. The vendor's sentence may repeat what a customer wrote: only its code is told.
pub fn refused(vendor: &str, answer: &Answer, code: Option<&str>, writes: bool) -> HelpdeskError {
    let status = answer.status;
    let code = code.map(|code| format!(", {code}")).unwrap_or_default();
    let advice = match status {
        401 => ": check the token",
        403 => ": give the token the rights that docs/adding-a-helpdesk.md lists",
        404 => ": it is not there (deleted, merged, or of another workspace)",
        _ => "",
    };
    let problem = format!("{vendor} answered with HTTP {status}{code}{advice}");
    match status {
        409 | 429 => HelpdeskError::Again { problem, retry_after_ms: answer.retry_after_ms },
        500..=599 if writes => HelpdeskError::Unknown { problem },
        500..=599 => HelpdeskError::Again { problem, retry_after_ms: answer.retry_after_ms },
        _ => HelpdeskError::Refused { problem },
    }
}

/// An answer that cannot be read.
pub fn strange(vendor: &str, what: &str) -> HelpdeskError {
    HelpdeskError::Refused { problem: format!("{vendor}'s {what} is not as it should be: please report it") }
}
