//! The judge of a simulation: the language model behind the port of the scorers.

use async_trait::async_trait;
use prompts::minds::judge::ModelJudge;
use prompts::prompts::judge::Verdict as Said;
use simulations::scorers::judge::{Judge, Opinion};
use simulations::scorers::reply::Verdict;
use triage::case::Case;
use triage::ports::StageError;

/// Judges with the prompt `judge`.
pub struct PromptedJudge(pub ModelJudge);

#[async_trait]
impl Judge for PromptedJudge {
    async fn judge(&self, case: &Case, human_answer: &str, would_be: &str) -> Result<Opinion, StageError> {
        let said = self.0.judge(case, human_answer, would_be).await;
        let said = said.map_err(|error| StageError { stage: "judge", problem: error.to_string(), is_transient: error.is_transient() })?;
        let verdict = match said.verdict {
            Said::Same => Verdict::SameOutcome,
            Said::AlsoRight => Verdict::Compatible,
            Said::Wrong => Verdict::Contradicts,
            Said::CannotCompare => Verdict::CannotCompare,
        };
        Ok(Opinion { reason: said.reason, verdict })
    }
}
