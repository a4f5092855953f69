//! Carrying out one effect. The failing line says whether it certainly did not happen, may have happened, or never will.

use crate::desk::catch_up;
use crate::effect::{Effect, EffectClaim, EffectOutcome};
use crate::events;
use crate::ports::clock::Clock;
use crate::ports::helpdesk::{Helpdesk, HelpdeskError};
use crate::ports::ledger::{Ledger, LedgerError, Written};
use crate::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use crate::retry::later;
use crate::settings::WorkerSettings;
use crate::steadiness::{Moment, Steadiness};
use std::sync::Arc;
use std::time::Duration;

/// Carries out effects that the ledger has begun.
#[derive(Clone)]
pub struct Effects {
    /// Drafts, tags, people.
    pub helpdesk: Arc<dyn Helpdesk>,
    /// The phone network.
    pub gateway: Arc<dyn SmsGateway>,
    /// Keeps what was done.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Whether the clock can be trusted.
    pub steadiness: Arc<Steadiness>,
    /// The worker's limits.
    pub settings: Arc<WorkerSettings>,
}

/// How a call failed, whoever was called.
enum Failure {
    Again { problem: String, retry_after_ms: Option<i64> },
    Unknown { problem: String },
    OptedOut { problem: String },
    Refused { problem: String },
}

impl Effects {
    /// Carries out one effect, which was claimed at `claimed_at`, and settles it.
    pub async fn perform(&self, claim: EffectClaim, claimed_at: Moment) -> Result<Written, LedgerError> {
        let unsure = self.no_longer_sure(&claim).await;
        if let Some(outcome) = unsure.or_else(|| self.no_longer_ours(&claim, claimed_at)) {
            events::settled(&claim, &outcome);
            return self.ledger.settle(&claim, &outcome, self.clock.now()).await;
        }
        let deadline = Duration::from_millis(u64::try_from(self.settings.effect_deadline_ms).unwrap_or(0));
        let outcome = match tokio::time::timeout(deadline, self.call(&claim)).await {
            Ok(Ok(vendor_id)) => EffectOutcome::Done { vendor_id },
            Ok(Err(failure)) => self.outcome(&claim, failure),
            Err(_) => self.outcome(&claim, Failure::Unknown { problem: "no answer within the deadline".to_owned() }),
        };
        events::settled(&claim, &outcome);
        self.ledger.settle(&claim, &outcome, self.clock.now()).await
    }

    /// Looks an effect up whose outcome is unknown. Only when the gateway does not know it is it begun again.
    pub async fn reconcile(&self, claim: EffectClaim) -> Result<Written, LedgerError> {
        let found = match &claim.effect {
            Effect::Send { to, text } | Effect::Relay { to, text } => self.found(&claim, &sms(&claim, to, text)).await?,
            // Helpdesk calls are idempotent by their key: calling again is the look-up.
            Effect::Draft(_) | Effect::Tag { .. } | Effect::Escalate { .. } | Effect::Record { .. } => Ok(None),
        };
        let now = self.clock.now();
        // What a person is told is better late than never.
        let is_speech = matches!(claim.effect, Effect::Send { .. } | Effect::Relay { .. });
        let too_old = is_speech && now.as_millisecond() - claim.begun_at.as_millisecond() > self.settings.unknown_max_ms;
        let early_ms = self.settings.settle_ms - self.steadiness.look();
        let outcome = match found {
            Ok(Some(vendor_id)) => EffectOutcome::Done { vendor_id },
            Ok(None) if early_ms > 0 && !too_old => {
                let problem = "not found, but the clock has jumped or this worker has just begun: it is looked up again".to_owned();
                EffectOutcome::Unknown { look_at: later(now, early_ms), problem }
            }
            // A reply that could not be sent for so long is late news: a person decides.
            Ok(None) if too_old || claim.attempts + 1 >= self.settings.retry.attempts_max => {
                EffectOutcome::Failed { problem: "it was not found, and trying again takes too long".to_owned() }
            }
            Ok(None) => EffectOutcome::Again { at: now, problem: "not found where it would be: it did not happen".to_owned() },
            Err(_) if too_old => EffectOutcome::Failed { problem: "nobody could tell in time whether it happened".to_owned() },
            Err(
                Failure::Again { problem, .. }
                | Failure::Unknown { problem }
                | Failure::OptedOut { problem }
                | Failure::Refused { problem },
            ) => EffectOutcome::Unknown { look_at: later(now, self.settings.settle_ms), problem },
        };
        events::settled(&claim, &outcome);
        self.ledger.settle(&claim, &outcome, now).await
    }

    /// The vendor's id of this send, when the vendor has it: the first of what looks like it that the ledger does not know as
    /// another one.
    async fn found(&self, claim: &EffectClaim, sms: &OutboundSms) -> Result<Result<Option<String>, Failure>, LedgerError> {
        let ids = match self.gateway.find(sms, claim.begun_at).await {
            Ok(ids) => ids,
            Err(error) => return Ok(Err(Failure::from(error))),
        };
        for id in ids {
            if self.ledger.send_of(&id).await?.is_none_or(|key| key == claim.key) {
                return Ok(Ok(Some(id)));
            }
        }
        Ok(Ok(None))
    }

    /// Who was held up past its lease by either clock (a stopped process, a machine that slept) must not act: others may have looked
    /// the effect up and begun it again. What remains is the moment between this look and the first byte on the wire; what was begun
    /// just before is covered by `settle_ms`, which is longer than a call may take.
    fn no_longer_ours(&self, claim: &EffectClaim, claimed_at: Moment) -> Option<EffectOutcome> {
        let held_up = claimed_at.age_ms(self.clock.as_ref()) >= self.settings.lease_ms;
        let problem = "this worker was held up past its lease".to_owned();
        held_up.then(|| self.outcome(claim, Failure::Again { problem, retry_after_ms: None }))
    }

    /// Before anything is said, the helpdesk is asked who has the ticket. What is new there is taken in and the effect begins
    /// again: the ledger then knows whether it is still true.
    async fn no_longer_sure(&self, claim: &EffectClaim) -> Option<EffectOutcome> {
        if !matches!(claim.effect, Effect::Send { .. } | Effect::Draft(_)) {
            return None;
        }
        let deadline = Duration::from_millis(u64::try_from(self.settings.effect_deadline_ms).unwrap_or(0));
        let of = claim.conversation();
        let reading = catch_up(self.helpdesk.as_ref(), self.ledger.as_ref(), self.clock.as_ref(), &of);
        let again = |problem: String| Some(self.outcome(claim, Failure::Again { problem, retry_after_ms: None }));
        match tokio::time::timeout(deadline, reading).await {
            Ok(Ok(false)) => None,
            Ok(Ok(true)) => {
                Some(EffectOutcome::Again { at: self.clock.now(), problem: "something was said in the helpdesk meanwhile".to_owned() })
            }
            Ok(Err(error)) => again(error.to_string()),
            Err(_) => again("the helpdesk did not say in time who has the ticket".to_owned()),
        }
    }

    async fn call(&self, claim: &EffectClaim) -> Result<String, Failure> {
        let (key, of) = (&claim.key, &claim.conversation());
        match &claim.effect {
            Effect::Send { to, text } | Effect::Relay { to, text } => Ok(self.gateway.send(&sms(claim, to, text)).await?),
            Effect::Draft(proposal) => Ok(self.helpdesk.draft(key, of, proposal).await?),
            Effect::Tag { tags } => Ok(self.helpdesk.tag(key, of, tags).await?),
            Effect::Escalate { team, priority, note } => Ok(self.helpdesk.escalate(key, of, team.as_ref(), *priority, note).await?),
            Effect::Record { by, text } => Ok(self.helpdesk.record(key, of, *by, text).await?),
        }
    }

    fn outcome(&self, claim: &EffectClaim, failure: Failure) -> EffectOutcome {
        self.steadiness.look();
        let now = self.clock.now();
        match failure {
            Failure::Again { problem, retry_after_ms } => match self.settings.retry.next(claim.attempts + 1, now, retry_after_ms) {
                Some(at) => EffectOutcome::Again { at, problem },
                None => EffectOutcome::Failed { problem },
            },
            Failure::Unknown { problem } => EffectOutcome::Unknown { look_at: later(now, self.settings.settle_ms), problem },
            Failure::OptedOut { problem } => EffectOutcome::OptedOut { problem },
            Failure::Refused { problem } => EffectOutcome::Failed { problem },
        }
    }
}

fn sms(claim: &EffectClaim, to: &triage::phone::PhoneNumber, text: &str) -> OutboundSms {
    OutboundSms {
        key: claim.key.clone(),
        ticket: claim.ticket.clone(),
        attempts: claim.attempts,
        from: claim.company.clone(),
        to: to.clone(),
        text: text.to_owned(),
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        let problem = error.to_string();
        match error {
            SendError::Again { retry_after_ms, .. } => Failure::Again { problem, retry_after_ms },
            SendError::Unknown { .. } => Failure::Unknown { problem },
            SendError::OptedOut { .. } => Failure::OptedOut { problem },
            SendError::Refused { .. } => Failure::Refused { problem },
        }
    }
}

impl From<HelpdeskError> for Failure {
    fn from(error: HelpdeskError) -> Self {
        let problem = error.to_string();
        match error {
            HelpdeskError::Again { retry_after_ms, .. } => Failure::Again { problem, retry_after_ms },
            HelpdeskError::Unknown { .. } => Failure::Unknown { problem },
            HelpdeskError::Refused { .. } => Failure::Refused { problem },
        }
    }
}
