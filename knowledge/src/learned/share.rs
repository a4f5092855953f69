//! Which share of the traffic lies outside all intents. A threshold holds for the share that it was set at, and training data is
//! picked: the share is read off what came in as it came.

use crate::learned::example::opening;
use crate::learned::model::Model;
use crate::learned::scope::{ASSUMED_SHARE, estimate_share, shift};
use crate::ports::embedder::{Embedder, EmbedderError};
use serde::Serialize;
use triage::past::PastTicket;

/// Fewer tickets without a label say nothing of their kind.
pub const UNLABELLED_MIN: usize = 30;
/// At most so many tickets without a label are read, the newest ones.
pub const UNLABELLED_MAX: usize = 2_000;
/// A share is never taken for nothing or all.
const SHARE_MIN: f64 = 0.01;
/// How many texts are embedded at once.
const BATCH: usize = 64;

/// The share, and on what it rests.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Share {
    /// Between 0 and 1.
    pub value: f64,
    /// Tickets that nobody labelled, of which it was estimated.
    pub unlabelled: usize,
    /// Labelled tickets.
    pub labelled: usize,
    /// Of these: said to be out of scope.
    pub labelled_outside: usize,
}

/// The share that history tells: counted where people said what a ticket was about, estimated from the model's opinions where
/// nobody did. None when history has neither unlabelled tickets (at least [`UNLABELLED_MIN`]) nor any that are labelled out of scope:
/// it was picked then, and says nothing.
pub async fn of_history(model: &Model, tickets: &[PastTicket], embedder: &dyn Embedder) -> Result<Option<Share>, EmbedderError> {
    let labelled = tickets.iter().filter(|past| !past.intents.is_empty()).count();
    let is_outside = |past: &&PastTicket| past.intents.first().is_some_and(|intent| intent.is_out_of_scope());
    let labelled_outside = tickets.iter().filter(is_outside).count();
    let unlabelled = tickets.iter().rev().filter(|past| past.intents.is_empty());
    let texts: Vec<String> = unlabelled.filter_map(|past| opening(&past.ticket.messages)).take(UNLABELLED_MAX).collect();
    let is_enough = texts.len() >= UNLABELLED_MIN;
    if !is_enough && labelled_outside == 0 {
        return Ok(None);
    }
    let guessed = if is_enough { estimate_share(&outside(model, &texts, embedder).await?) } else { 0.0 };
    let unlabelled = if is_enough { texts.len() } else { 0 };
    let outside = labelled_outside as f64 + guessed * unlabelled as f64;
    let value = (outside / (labelled + unlabelled).max(1) as f64).clamp(SHARE_MIN, 1.0 - SHARE_MIN);
    Ok(Some(Share { value, unlabelled, labelled, labelled_outside }))
}

/// The share that a model's opinions of live messages tell, when the model takes such a share for granted. None without opinions.
pub fn observed(outside: &[f64], taken_for_granted: f64) -> Option<f64> {
    let assumed: Vec<f64> = outside.iter().map(|probability| at_assumed(*probability, taken_for_granted)).collect();
    (!assumed.is_empty()).then(|| estimate_share(&assumed))
}

/// The probability at [`ASSUMED_SHARE`], of one at another share.
fn at_assumed(outside: f64, share: f64) -> f64 {
    let bounded = outside.clamp(1e-9, 1.0 - 1e-9);
    let log_odds = (bounded / (1.0 - bounded)).ln() - shift(share);
    1.0 / (1.0 + (-log_odds).exp())
}

/// What a model says of texts, at [`ASSUMED_SHARE`].
async fn outside(model: &Model, texts: &[String], embedder: &dyn Embedder) -> Result<Vec<f64>, EmbedderError> {
    let (minds, scope) = (&model.parts().minds, &model.parts().scope);
    let mut outside = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        let embeddings = embedder.embed(&batch).await?;
        let readings = batch.iter().zip(&embeddings).map(|(text, embedding)| minds.read(text, embedding));
        outside.extend(readings.map(|reading| scope.outside_at(&reading, minds.outside, ASSUMED_SHARE)));
    }
    Ok(outside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learned::scope::resharing;

    #[test]
    fn the_share_is_seen_through_whatever_share_was_taken_for_granted() {
        let opinions: Vec<f64> = (0..100).map(|n| if n < 20 { 0.98 } else { 0.02 }).collect();
        let truth = estimate_share(&opinions);
        for granted in [0.05, 0.3, 0.6] {
            let seen: Vec<f64> = opinions.iter().map(|opinion| resharing(*opinion, granted)).collect();
            assert!((observed(&seen, granted).unwrap() - truth).abs() < 1e-6, "{granted}");
        }
        assert!((truth - 0.2).abs() < 0.02, "{truth}");
        assert_eq!(observed(&[], 0.3), None);
    }
}
