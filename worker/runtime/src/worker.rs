//! The worker: takes in, claims, decides, acts, again and again. A round does what is due now and returns when that is done,
//! so that tests and the demo can drive it without waiting. [`Worker::run`] keeps the places filled instead: a turn or an
//! effect that takes long holds back no other.

use crate::effects::Effects;
use crate::events;
use crate::in_flight::{InFlight, LINGER_MS};
use crate::intake::{IntakeError, Open, take_in};
use crate::ports::clock::Clock;
use crate::ports::helpdesk::Helpdesk;
use crate::ports::inbox::Inbox;
use crate::ports::ledger::{ClaimTerms, Ledger, LedgerError, WorkerId};
use crate::ports::sms_gateway::SmsGateway;
use crate::settings::WorkerSettings;
use crate::steadiness::{Moment, Steadiness};
use crate::turn::Turns;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify, watch};
use tracing::Instrument;
use triage::triage::Triage;

/// The shortest sleep of a loop with nothing of its own to do, in milliseconds.
const SLEEP_MS_MIN: i64 = 5;
/// The clock may drift by one in so many parts of `settle_ms` before that counts as a jump.
const DRIFT_SHARE: i64 = 10;

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
    steadiness: Arc<Steadiness>,
    settings: Arc<WorkerSettings>,
    /// Deliveries that the ledger could not take yet.
    open: Arc<Mutex<Open>>,
    /// Intake has made turns.
    new_turns: Arc<Notify>,
    /// Turns have made effects.
    new_effects: Arc<Notify>,
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
        let turns = Turns { triage, helpdesk: helpdesk.clone(), ledger: ledger.clone(), clock: clock.clone(), settings: settings.clone() };
        let steadiness = Arc::new(Steadiness::of(clock.clone(), settings.settle_ms / DRIFT_SHARE, settings.settle_ms));
        let effects = Effects {
            helpdesk,
            gateway,
            ledger: ledger.clone(),
            clock: clock.clone(),
            steadiness: steadiness.clone(),
            settings: settings.clone(),
        };
        let (new_turns, new_effects) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        Worker { id, inbox, ledger, turns, effects, clock, steadiness, settings, open: Arc::default(), new_turns, new_effects }
    }

    /// Takes back what an earlier process of this name held, and what other dead workers' leases no longer cover.
    pub async fn recover(&self) -> Result<(), LedgerError> {
        self.take_back(Some(&self.id)).await
    }

    /// Takes back what dead workers' leases no longer cover.
    pub async fn recovery_round(&self) -> Result<(), LedgerError> {
        self.take_back(None).await
    }

    async fn take_back(&self, all_of: Option<&WorkerId>) -> Result<(), LedgerError> {
        self.steadiness.look();
        let count = self.ledger.recover(self.clock.now(), self.settings.settle_ms, all_of).await?;
        events::recovered(count);
        Ok(())
    }

    /// Takes in one batch. Returns how many deliveries there were.
    pub async fn intake_round(&self) -> Result<usize, IntakeError> {
        let mut open = self.open.lock().await;
        take_in(self.inbox.as_ref(), self.ledger.as_ref(), self.clock.as_ref(), self.settings.intake_batch, &mut open).await
    }

    /// Decides every turn that is due now, at most `turns_in_flight`. Returns how many were claimed.
    pub async fn decision_round(&self) -> Result<usize, LedgerError> {
        let mut deciding = self.deciding();
        let count = self.begin_turns(&mut deciding).await?;
        deciding.all_ended().await?;
        Ok(count)
    }

    /// Carries out every effect that is due now, and looks up what is unknown. Returns how many were claimed.
    pub async fn effect_round(&self) -> Result<usize, LedgerError> {
        let mut acting = self.acting();
        let count = self.begin_effects(&mut acting).await?;
        acting.all_ended().await?;
        Ok(count)
    }

    fn deciding(&self) -> InFlight {
        InFlight::new("decide", self.settings.turns_in_flight)
    }

    fn acting(&self) -> InFlight {
        InFlight::new("act", self.settings.effects_in_flight)
    }

    /// Claims turns that are due into the places that are free. Returns how many.
    async fn begin_turns(&self, deciding: &mut InFlight) -> Result<usize, LedgerError> {
        let terms = ClaimTerms { limit: deciding.free(), ..self.settings.claim_terms() };
        if terms.limit == 0 {
            return Ok(0);
        }
        let claims = self.ledger.claim_due(&self.id, self.clock.now(), terms).await?;
        let count = claims.len();
        for claim in claims {
            let (turns, new_effects, span) = (self.turns.clone(), self.new_effects.clone(), events::turn(&claim));
            let deciding_one = async move {
                let written = turns.decide(claim).await;
                new_effects.notify_one();
                written.map(|_| ())
            };
            deciding.begin(deciding_one.instrument(span));
        }
        Ok(count)
    }

    /// Claims effects that are due into the places that are free, and those whose outcome is to be looked up. Returns how many.
    async fn begin_effects(&self, acting: &mut InFlight) -> Result<usize, LedgerError> {
        self.steadiness.look();
        let (now, lease_ms) = (self.clock.now(), self.settings.lease_ms);
        let free = acting.free();
        if free == 0 {
            return Ok(0);
        }
        let claimed_at = Moment::now(self.clock.as_ref());
        let begun = self.ledger.claim_effects(&self.id, now, lease_ms, free).await?;
        let count = begun.len();
        for claim in begun {
            let (effects, span) = (self.effects.clone(), events::effect(&claim));
            acting.begin(async move { effects.perform(claim, claimed_at).await.map(|_| ()) }.instrument(span));
        }
        if count == free {
            return Ok(count);
        }
        let unknown = self.ledger.claim_unknown(&self.id, self.clock.now(), lease_ms, free - count).await?;
        let count = count + unknown.len();
        for claim in unknown {
            let effects = self.effects.clone();
            acting.begin(async move { effects.reconcile(claim).await.map(|_| ()) });
        }
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
                Ok(0) => pause(self.settings.poll_ms, &mut stop).await,
                Ok(_) => self.new_turns.notify_one(),
                Err(error) => {
                    events::failed("intake", &error);
                    pause(self.settings.retry.first_ms, &mut stop).await;
                }
            }
        }
        self.take_in_the_rest().await;
    }

    /// What the inbox has been sent already is taken in before the worker ends: nothing is sent back and counted as a failure.
    async fn take_in_the_rest(&self) {
        let mut left = match self.inbox.stop().await {
            Ok(left) => left,
            Err(error) => return events::failed("intake", &error),
        };
        while left > 0 {
            match self.intake_round().await {
                Ok(0) => return,
                Ok(taken) => left = left.saturating_sub(taken),
                Err(error) => return events::failed("intake", &error),
            }
        }
    }

    async fn decision_loop(&self, mut stop: watch::Receiver<bool>) {
        let mut deciding = self.deciding();
        while !*stop.borrow() {
            match self.begin_turns(&mut deciding).await {
                Ok(_) if deciding.free() == 0 => either(deciding.some_ended(), stopped(&mut stop)).await,
                Ok(_) => {
                    let wait_ms = self.until_due_ms().await;
                    either(deciding.some_ended(), self.until(wait_ms, &self.new_turns, &mut stop)).await;
                }
                Err(error) => {
                    events::failed("decide", &error);
                    pause(self.settings.retry.first_ms, &mut stop).await;
                }
            }
        }
        self.settle("decide", deciding).await;
    }

    async fn effect_loop(&self, mut stop: watch::Receiver<bool>) {
        let mut acting = self.acting();
        while !*stop.borrow() {
            match self.begin_effects(&mut acting).await {
                Ok(_) if acting.free() == 0 => either(acting.some_ended(), stopped(&mut stop)).await,
                Ok(_) => either(acting.some_ended(), self.until_effects(&mut stop)).await,
                Err(error) => {
                    events::failed("act", &error);
                    pause(self.settings.retry.first_ms, &mut stop).await;
                }
            }
        }
        self.settle("act", acting).await;
    }

    /// What is in flight is settled before the worker ends.
    async fn settle(&self, what: &'static str, in_flight: InFlight) {
        if let Err(error) = in_flight.all_ended().await {
            events::failed(what, &error);
        }
    }

    /// Until turns have made effects, and a little longer: they come in crowds.
    async fn until_effects(&self, stop: &mut watch::Receiver<bool>) {
        self.until(self.settings.poll_ms, &self.new_effects, stop).await;
        pause(i64::try_from(LINGER_MS).unwrap_or(0).min(self.settings.poll_ms), stop).await;
    }

    async fn recovery_loop(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            pause(self.settings.lease_ms, &mut stop).await;
            if let Err(error) = self.recovery_round().await {
                events::failed("recover", &error);
            }
        }
    }

    /// Sleeps until the time is over, another loop or another worker has made work, or the worker stops.
    async fn until(&self, wait_ms: i64, work: &Notify, stop: &mut watch::Receiver<bool>) {
        either(either(work.notified(), self.ledger.work_elsewhere()), pause(wait_ms, stop)).await;
    }

    /// How long nothing will be due, between [`SLEEP_MS_MIN`] and `poll_ms`.
    async fn until_due_ms(&self) -> i64 {
        let due = self.ledger.next_due(self.settings.claim_terms()).await.ok().flatten();
        let wait_ms = due.map_or(self.settings.poll_ms, |at| at.as_millisecond() - self.clock.now().as_millisecond());
        wait_ms.clamp(SLEEP_MS_MIN.min(self.settings.poll_ms), self.settings.poll_ms)
    }
}

/// Waits for whichever comes first.
async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::select! {
        () = one => {}
        () = other => {}
    }
}

/// Sleeps until the time is over or the worker stops.
async fn pause(wait_ms: i64, stop: &mut watch::Receiver<bool>) {
    either(tokio::time::sleep(millis(wait_ms)), stopped(stop)).await;
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
