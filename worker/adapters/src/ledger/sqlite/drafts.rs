//! What an agent made of a proposal: used as it stood, edited, or ignored. It goes into the outcome ledger; the texts do not.

use crate::ledger::draft_use;
use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::problem::Problem;
use runtime::effect::{Effect, Proposal};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

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
    let (what, overlap_percent) = draft_use::of(&proposed, text);
    let detail = json!({ "effect": key, "overlap_percent": overlap_percent });
    outcomes::append(connection, conversation, Some(&decision), what, &detail, now)
}
