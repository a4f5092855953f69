//! One turn: from a claim to a written decision, a postponement, or a person.

use crate::conversation::Conversation;
use crate::desk::catch_up;
use crate::effect::{DecisionId, Effect, effects_of, with_records};
use crate::events;
use crate::known::known_before;
use crate::ports::clock::Clock;
use crate::ports::helpdesk::Helpdesk;
use crate::ports::ledger::{Claim, Ledger, LedgerError, Written};
use crate::settings::WorkerSettings;
use std::sync::Arc;
use std::time::Duration;
use triage::case::Case;
use triage::classification::Priority;
use triage::decision::Decision;
use triage::triage::Triage;

/// Why a turn was not decided.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
struct TurnError {
    problem: String,
    is_transient: bool,
}

/// Decides claimed turns.
#[derive(Clone)]
pub struct Turns {
    /// Decides.
    pub triage: Triage,
    /// Whose ticket it is, and who has it.
    pub helpdesk: Arc<dyn Helpdesk>,
    /// Keeps what was decided.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The worker's limits.
    pub settings: Arc<WorkerSettings>,
}

impl Turns {
    /// Decides one claimed turn and writes what came of it. The claim is closed when this returns without an error.
    pub async fn decide(&self, claim: Claim) -> Result<Written, LedgerError> {
        match self.caught_up(&claim).await {
            Ok(false) => {}
            // What was new has ended the claim: the turn is due again, with it.
            Ok(true) => {
                events::superseded(&claim);
                return Ok(Written::Superseded);
            }
            Err(error) => return self.give_back(&claim, error).await,
        }
        match self.decision(&claim).await {
            Ok(decision) => self.write(&claim, &decision).await,
            Err(error) => self.give_back(&claim, error).await,
        }
    }

    /// Reads the ticket in the helpdesk, and takes in what was said there.
    async fn caught_up(&self, claim: &Claim) -> Result<bool, TurnError> {
        let of = Conversation { ticket: claim.ticket.id.clone(), customer: claim.ticket.customer.clone() };
        let deadline = Duration::from_millis(u64::try_from(self.settings.effect_deadline_ms).unwrap_or(0));
        let reading = catch_up(self.helpdesk.as_ref(), self.ledger.as_ref(), self.clock.as_ref(), &of);
        match tokio::time::timeout(deadline, reading).await {
            Ok(read) => read.map_err(|error| TurnError { problem: error.to_string(), is_transient: true }),
            Err(_) => Err(TurnError { problem: "the helpdesk did not show the ticket in time".to_owned(), is_transient: true }),
        }
    }

    /// A panic in a stage spoils one attempt of one turn, not the worker.
    async fn decision(&self, claim: &Claim) -> Result<Decision, TurnError> {
        let case = Case::at(&known_before(&claim.ticket, &claim.message), &claim.message)
            .map_err(|error| TurnError { problem: error.to_string(), is_transient: false })?
            .decided_at(self.clock.now());
        let triage = self.triage.clone();
        let deciding = tokio::spawn(async move { triage.decide(&case).await });
        let deadline = Duration::from_millis(u64::try_from(self.settings.decision_deadline_ms).unwrap_or(0));
        let abort = deciding.abort_handle();
        match tokio::time::timeout(deadline, deciding).await {
            Ok(Ok(Ok(decision))) => Ok(decision),
            Ok(Ok(Err(error))) => Err(TurnError { is_transient: error.is_transient, problem: error.to_string() }),
            Ok(Err(join)) => {
                let problem = if join.is_panic() { "a stage panicked" } else { "the decision was cancelled" };
                Err(TurnError { problem: problem.to_owned(), is_transient: true })
            }
            Err(_) => {
                abort.abort();
                Err(TurnError { problem: "the decision did not come within its deadline".to_owned(), is_transient: true })
            }
        }
    }

    async fn write(&self, claim: &Claim, decision: &Decision) -> Result<Written, LedgerError> {
        let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
        let mut effects = effects_of(decision, &claim.ticket.customer);
        if self.helpdesk.wants_record() {
            let said = decision.receipt.messages.iter().filter_map(|id| claim.ticket.messages.iter().find(|message| &message.id == id));
            effects = with_records(effects, &said.cloned().collect::<Vec<_>>());
        }
        let now = self.clock.now();
        let written = self.ledger.decided(claim, &id, decision, &effects, now).await?;
        match written {
            Written::Yes => events::decided(claim, &id, decision, now),
            Written::Superseded => events::superseded(claim),
        }
        Ok(written)
    }

    async fn give_back(&self, claim: &Claim, error: TurnError) -> Result<Written, LedgerError> {
        let now = self.clock.now();
        let again = if error.is_transient { self.settings.retry.next(claim.attempts + 1, now, None) } else { None };
        match again {
            Some(at) => {
                events::postponed(claim, &error.problem);
                self.ledger.postpone(claim, &error.problem, at).await
            }
            None => {
                events::buried(claim, &error.problem);
                let note = format!("Whimbrel could not decide this ticket: {}", error.problem);
                let escalation = Effect::Escalate { team: self.triage.terms.policy.default_team.clone(), priority: Priority::High, note };
                self.ledger.bury(claim, &error.problem, &escalation, now).await
            }
        }
    }
}
