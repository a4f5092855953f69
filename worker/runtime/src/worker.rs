//! The worker: takes in, claims, decides, acts, again and again. Each round does what is due now and returns, so that
//! tests and the demo can drive it without waiting; [`Worker::run`] is rounds with sleeps in between.

use crate::effects::Effects;
use crate::events;
use crate::intake::{IntakeError, take_in};
use crate::ports::clock::Clock;
use crate::ports::helpdesk::Helpdesk;
use crate::ports::inbox::Inbox;
use crate::ports::ledger::{Ledger, LedgerError, WorkerId};
use crate::ports::sms_gateway::SmsGateway;
use crate::settings::WorkerSettings;
use crate::turn::Turns;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use triage::triage::Triage;

/// The shortest sleep of a loop with nothing of its own to do, in milliseconds.
const SLEEP_MS_MIN: i64 = 5;

/// Everything a worker is made of.
#[derive(Clone)]
pub struct Worker {
    /// Its name.
    pub id: WorkerId,
    /// Where messages come from.
    pub inbox: Arc<dyn Inbox>,
    /// What came in, what was decided, what was done.
    pub ledger: Arc<dyn Ledger>,
    /// Decides turns.
    turns: Turns,
    /// Carries out effects.
    effects: Effects,
    clock: Arc<dyn Clock>,
    settings: Arc<WorkerSettings>,
    woken: Arc<Notify>,
}

/// The ports that a worker acts through.
pub struct Ports {
    /// Where messages come from.
    pub inbox: Arc<dyn Inbox>,
    /// What came in, what was decided, what was done.
    pub ledger: Arc<dyn Ledger>,
    /// Drafts, tags, people.
    pub helpdesk: Arc<dyn Helpdesk>,
    /// The phone network.
    pub gateway: Arc<dyn SmsGateway>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Worker {
    /// Puts a worker together.
    pub fn new(id: WorkerId, triage: Triage, ports: Ports, settings: WorkerSettings) -> Self {
        let settings = Arc::new(settings);
        let Ports { inbox, ledger, helpdesk, gateway, clock } = ports;
        let turns = Turns { triage, ledger: ledger.clone(), clock: clock.clone(), settings: settings.clone() };
        let effects = Effects { helpdesk, gateway, ledger: ledger.clone(), clock: clock.clone(), settings: settings.clone() };
        Worker { id, inbox, ledger, turns, effects, clock, settings, woken: Arc::new(Notify::new()) }
    }

    /// Takes back what an earlier process of this name held, and what other dead workers' leases no longer cover.
    pub async fn recover(&self) -> Result<(), LedgerError> {
        let count = self.ledger.recover(self.clock.now(), self.settings.settle_ms, Some(&self.id)).await?;
        events::recovered(count);
        Ok(())
    }

    /// Takes in one batch. Returns how many deliveries there were.
    pub async fn intake_round(&self) -> Result<usize, IntakeError> {
        take_in(self.inbox.as_ref(), self.ledger.as_ref(), self.clock.as_ref(), self.settings.intake_batch).await
    }

    /// Decides every turn that is due now, at most `turns_in_flight`. Returns how many were claimed.
    pub async fn decision_round(&self) -> Result<usize, LedgerError> {
        let claims = self.ledger.claim_due(&self.id, self.clock.now(), self.settings.claim_terms()).await?;
        let count = claims.len();
        let mut deciding = JoinSet::new();
        for claim in claims {
            let turns = self.turns.clone();
            deciding.spawn(async move { turns.decide(claim).await.map(|_| ()) });
        }
        drain(deciding).await?;
        Ok(count)
    }

    /// Carries out every effect that is due now, and looks up what is unknown. Returns how many were claimed.
    pub async fn effect_round(&self) -> Result<usize, LedgerError> {
        let (now, lease_ms, limit) = (self.clock.now(), self.settings.lease_ms, self.settings.effects_in_flight);
        let begun = self.ledger.claim_effects(&self.id, now, lease_ms, limit).await?;
        let unknown = self.ledger.claim_unknown(&self.id, now, lease_ms, limit).await?;
        let count = begun.len() + unknown.len();
        let mut acting = JoinSet::new();
        for claim in begun {
            let effects = self.effects.clone();
            acting.spawn(async move { effects.perform(claim).await.map(|_| ()) });
        }
        for claim in unknown {
            let effects = self.effects.clone();
            acting.spawn(async move { effects.reconcile(claim).await.map(|_| ()) });
        }
        drain(acting).await?;
        Ok(count)
    }

    /// Runs until `stop` says so; what is in flight is settled first.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        tokio::join!(
            self.intake_loop(stop.clone()),
            self.decision_loop(stop.clone()),
            self.effect_loop(stop.clone()),
            self.recovery_loop(stop)
        );
    }

    async fn intake_loop(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.intake_round().await {
                Ok(0) => self.sleep(self.settings.poll_ms, &mut stop).await,
                Ok(_) => self.woken.notify_waiters(),
                Err(error) => {
                    events::failed("intake", &error);
                    self.sleep(self.settings.retry.first_ms, &mut stop).await;
                }
            }
        }
    }

    async fn decision_loop(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.decision_round().await {
                Ok(0) => self.sleep_until_due(&mut stop).await,
                Ok(_) => self.woken.notify_waiters(),
                Err(error) => {
                    events::failed("decide", &error);
                    self.sleep(self.settings.retry.first_ms, &mut stop).await;
                }
            }
        }
    }

    async fn effect_loop(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.effect_round().await {
                Ok(0) => self.sleep(self.settings.poll_ms, &mut stop).await,
                Ok(_) => {}
                Err(error) => {
                    events::failed("act", &error);
                    self.sleep(self.settings.retry.first_ms, &mut stop).await;
                }
            }
        }
    }

    async fn recovery_loop(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.pause(self.settings.lease_ms, &mut stop).await;
            match self.ledger.recover(self.clock.now(), self.settings.settle_ms, None).await {
                Ok(count) => events::recovered(count),
                Err(error) => events::failed("recover", &error),
            }
        }
    }

    async fn sleep_until_due(&self, stop: &mut watch::Receiver<bool>) {
        let due = self.ledger.next_due(self.settings.claim_terms()).await.ok().flatten();
        let wait_ms = due.map_or(self.settings.poll_ms, |at| at.as_millisecond() - self.clock.now().as_millisecond());
        self.sleep(wait_ms.clamp(SLEEP_MS_MIN.min(self.settings.poll_ms), self.settings.poll_ms), stop).await;
    }

    /// Sleeps until the time is over, another loop has made work, or the worker stops.
    async fn sleep(&self, wait_ms: i64, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = tokio::time::sleep(millis(wait_ms)) => {}
            () = self.woken.notified() => {}
            () = stopped(stop) => {}
        }
    }

    async fn pause(&self, wait_ms: i64, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = tokio::time::sleep(millis(wait_ms)) => {}
            () = stopped(stop) => {}
        }
    }
}

/// Waits for the word to stop; for ever when nobody is left to say it.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn millis(wait_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))
}

/// Waits for all; the first error of the ledger is returned once every task has ended.
async fn drain(mut tasks: JoinSet<Result<(), LedgerError>>) -> Result<(), LedgerError> {
    let mut outcome = Ok(());
    while let Some(joined) = tasks.join_next().await {
        let ended = joined.unwrap_or_else(|error| Err(LedgerError { problem: format!("a task ended early: {error}"), is_transient: true }));
        outcome = outcome.and(ended);
    }
    outcome
}
