//! What an agent made of a proposal: used as it stood, edited, or ignored. It goes into the outcome ledger; the texts do not.

use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::problem::Problem;
use runtime::effect::{Effect, Proposal};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use std::collections::BTreeSet;

/// Of the words of both texts so many must be in both for an answer to be the proposal, edited.
pub const EDITED_OVERLAP_MIN: f64 = 0.5;

/// Compares what an agent wrote with the newest proposal of the conversation that nobody has answered yet.
pub(crate) fn measure(connection: &Connection, conversation: i64, text: &str, now: i64) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let mut newest = connection.prepare_cached(
        "SELECT e.key, e.decision, e.effect FROM effects e WHERE e.conversation = ?1 AND e.kind = 'draft' AND e.state = 'done'
         AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.conversation = ?1 AND o.decision = e.decision
         AND o.what IN ('draft_used', 'draft_edited', 'draft_ignored')) ORDER BY e.seq DESC LIMIT 1",
    )?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let newest: Option<(String, String, String)> = newest.query_row(params![conversation], read).optional()?;
    let Some((key, decision, effect)) = newest else { return Ok(()) };
    let Effect::Draft(Proposal { text: proposed, .. }) = serde_json::from_str(&effect)? else { return Ok(()) };
    let overlap = overlap(&proposed, text);
    let what = match overlap {
        _ if proposed.split_whitespace().eq(text.split_whitespace()) => "draft_used",
        overlap if overlap >= EDITED_OVERLAP_MIN => "draft_edited",
        _ => "draft_ignored",
    };
    let detail = json!({ "effect": key, "overlap_percent": (overlap * 100.0).round() });
    outcomes::append(connection, conversation, Some(&decision), what, &detail, now)
}

/// Words in both of the words in either, between 0 and 1.
fn overlap(one: &str, other: &str) -> f64 {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    let either = one.union(&other).count();
    if either == 0 { 0.0 } else { one.intersection(&other).count() as f64 / either as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_counts_words_whatever_their_case() {
        assert!((overlap("On its way!", "on ITS way") - 1.0).abs() < f64::EPSILON);
        assert!(overlap("You can return it within 30 days.", "We open at nine.") < 0.1);
        assert!(overlap("", "").abs() < f64::EPSILON);
    }
}
