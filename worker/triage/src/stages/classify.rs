//! Asks the classifier what a turn is about.

use crate::case::Case;
use crate::classification::Classification;
use crate::policy::Limits;
use crate::ports::{Classifier, StageError};

/// Classifies the turn, cut to the limit of characters.
pub async fn classify(classifier: &dyn Classifier, case: &Case, limits: &Limits) -> Result<Classification, StageError> {
    let classification = classifier.classify(case, &turn_text(case, limits)).await?;
    let c = &classification;
    let measured = [c.out_of_scope, c.confidence].into_iter().chain(c.measured.0.values().copied());
    StageError::unless_finite("classify", c.intents.iter().map(|intent| intent.probability).chain(measured))?;
    Ok(classification)
}

/// The turn's text as the minds see it.
pub fn turn_text(case: &Case, limits: &Limits) -> String {
    case.text().chars().take(limits.text_chars_max).collect()
}
