//! What an agent made of a proposal.

use crate::ledger::draft_use;
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::problem::Problem;
use runtime::effect::{Effect, Proposal};
use serde_json::json;
use sqlx::postgres::PgConnection;

/// Compares what an agent wrote with the newest proposal of the conversation that nobody has answered yet.
pub(crate) async fn measure(connection: &mut PgConnection, conversation: i64, text: &str, now: i64) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let newest = sqlx::query_as(
        "SELECT e.key, e.decision, e.effect FROM effects e WHERE e.conversation = $1 AND e.kind = 'draft' AND e.state = 'done'
         AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.conversation = $1 AND o.decision = e.decision
         AND o.what IN ('draft_used', 'draft_edited', 'draft_ignored')) ORDER BY e.seq DESC LIMIT 1",
    );
    let newest: Option<(String, String, String)> = newest.bind(conversation).fetch_optional(&mut *connection).await?;
    let Some((key, decision, effect)) = newest else { return Ok(()) };
    let Effect::Draft(Proposal { text: proposed, .. }) = serde_json::from_str(&effect)? else { return Ok(()) };
    let (what, overlap_percent) = draft_use::of(&proposed, text);
    let detail = json!({ "effect": key, "overlap_percent": overlap_percent });
    outcomes::append(connection, conversation, Some(&decision), what, &detail, now).await
}
