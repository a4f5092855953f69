//! Asks the writer for a reply and fits it to the segment budget.

use crate::case::Case;
use crate::classification::Classification;
use crate::draft::Draft;
use crate::evidence::Evidence;
use crate::policy::SmsPolicy;
use crate::ports::{StageError, Writer};
use crate::sms::fit::{Fit, fit};

/// A would-be reply, and its texts within the budget (none when it does not fit).
pub async fn write(
    writer: &dyn Writer,
    case: &Case,
    classification: &Classification,
    evidence: &Evidence,
    sms: &SmsPolicy,
) -> Result<(Option<Draft>, Vec<String>), StageError> {
    let draft = writer.write(case, classification, evidence, sms).await?.filter(|draft| !draft.text.trim().is_empty());
    let texts = match draft.as_ref().map(|draft| fit(&draft.text, sms.budget())) {
        Some(Fit::Whole(text) | Fit::Shortened(text)) => vec![text],
        Some(Fit::Split(texts)) => texts,
        Some(Fit::TooLong) | None => Vec::new(),
    };
    // Characters without width are dropped when a text is fitted: what was made of them alone is no text.
    if texts.iter().any(String::is_empty) {
        return Ok((None, Vec::new()));
    }
    Ok((draft, texts))
}
