//! The shared ledger: one PostgreSQL schema, as many workers as there is work for.
//!
//! It keeps the promises of the embedded ledger with the same tables. Claims pass over what another worker holds at that
//! moment (`FOR UPDATE SKIP LOCKED`); every write under a claim checks its fence in its own transaction; whoever changes a
//! conversation, its turn or its effects holds the lock of its row, so that what the embedded ledger gets from its one
//! writer holds here as well. What is durable when is told in [`store`], what is done together in [`lane`], who is there in
//! [`presence`].
//!
//! All times come from the caller's clock, as the port says. A worker's clock is [`PostgresLedger::clock`]: the server's,
//! so that leases mean the same to every worker, however wrong the clocks of their machines are.

pub mod check;
pub mod claims;
pub(crate) mod consents;
pub(crate) mod dead_letters;
pub(crate) mod decisions;
pub(crate) mod deliveries;
pub(crate) mod drafts;
pub(crate) mod effects;
pub(crate) mod forget;
pub(crate) mod intake;
pub mod lane;
pub mod news;
pub(crate) mod outcomes;
pub(crate) mod person;
pub mod presence;
pub(crate) mod problem;
pub(crate) mod records;
pub(crate) mod rows;
pub(crate) mod said;
pub mod schema;
pub mod settings;
pub(crate) mod settlement;
pub(crate) mod status;
pub mod store;
pub(crate) mod tickets;

use crate::ledger::postgres::claims::{ClaimDue, NextDue, Postpone};
use crate::ledger::postgres::decisions::{Bury, Decide, Decided, Held};
use crate::ledger::postgres::deliveries::{NoteBill, NoteConsent, NoteDelivery, SendOf, Unbilled};
use crate::ledger::postgres::effects::{ClaimEffects, ClaimUnknown, Recover};
use crate::ledger::postgres::intake::{Arrivals, LastReceived, Receive, ReceiveMalformed};
use crate::ledger::postgres::lane::Lane;
use crate::ledger::postgres::news::News;
use crate::ledger::postgres::presence::{About, Leave, Presence};
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::schema::{Migrate, RequireNewest};
use crate::ledger::postgres::settings::PostgresSettings;
use crate::ledger::postgres::settlement::{Settle, Settled};
use crate::ledger::postgres::store::{Store, options};
use crate::ledger::prepared::Prepared;
use crate::ledger::words::ms;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::{DeliveryReport, Noted};
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome};
use runtime::inbound::InboundMessage;
use runtime::ports::clock::Clock;
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, LedgerError, Malformed, Received, WorkerId, Written};
use runtime::ports::sms_gateway::Bill;
use std::sync::Arc;
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::MessageId;

/// The shared ledger.
pub struct PostgresLedger {
    store: Store,
    schema: String,
    intake: Lane<Receive>,
    decisions: Lane<Decide>,
    outcomes: Lane<Settle>,
    /// A worker's; a desk has none.
    news: Option<News>,
    presence: Option<Presence>,
}

impl PostgresLedger {
    /// Opens the ledger for a worker: brings the schema to the newest version (one worker at a time does), takes a name and tells
    /// others that it is there.
    pub async fn open_worker(settings: &PostgresSettings, url: &str, about: About) -> Result<Self, LedgerError> {
        let options = options(url, settings, &about.name)?;
        let store = Store::connect(options.clone(), settings).await?;
        store.run(&Migrate { schema: &settings.schema }).await?;
        let presence = Presence::begin(&options, about).await?;
        let news = News::begin(&store, &options, settings);
        Ok(PostgresLedger { news: Some(news), presence: Some(presence), ..Self::over(store, settings) })
    }

    /// Opens the ledger for the command line.
    pub async fn open_desk(settings: &PostgresSettings, url: &str) -> Result<Self, LedgerError> {
        let store = Store::connect(options(url, settings, "desk")?, settings).await?;
        store.run(&RequireNewest { schema: &settings.schema }).await?;
        Ok(Self::over(store, settings))
    }

    /// Brings the schema to the newest version, making it where it is absent. Which migrations were applied.
    pub async fn migrate(settings: &PostgresSettings, url: &str) -> Result<Vec<&'static str>, LedgerError> {
        let store = Store::connect(options(url, settings, "setup")?, settings).await?;
        store.run(&Migrate { schema: &settings.schema }).await
    }

    fn over(store: Store, settings: &PostgresSettings) -> Self {
        PostgresLedger {
            schema: settings.schema.clone(),
            intake: Lane::start(store.clone()),
            decisions: Lane::start(store.clone()),
            outcomes: Lane::start(store.clone()),
            store,
            news: None,
            presence: None,
        }
    }

    /// The name that this worker has got; none at a desk.
    pub fn worker(&self) -> Option<&WorkerId> {
        self.presence.as_ref().map(|presence| &presence.worker)
    }

    /// The clock that all workers share; none at a desk.
    pub fn clock(&self) -> Option<Arc<dyn Clock>> {
        self.presence.as_ref().map(|presence| -> Arc<dyn Clock> { presence.clock.clone() })
    }

    /// Says good-bye: the others see that this worker has stopped in order.
    pub async fn leave(&self) -> Result<(), LedgerError> {
        match &self.presence {
            Some(presence) => self.store.run(&Leave(&presence.worker)).await,
            None => Ok(()),
        }
    }

    async fn tell_others(&self) -> Result<(), LedgerError> {
        news::tell(&self.store, &self.schema).await.map_err(Problem::told)
    }

    fn made_work(&self) {
        if let Some(news) = &self.news {
            news.made();
        }
    }
}

#[async_trait]
impl Ledger for PostgresLedger {
    async fn receive(&self, messages: &[InboundMessage], now: Timestamp) -> Result<Vec<Received>, LedgerError> {
        let received = self.intake.put(Arrivals { messages: messages.to_vec(), now }).await?;
        if received.contains(&Received::New) {
            self.made_work();
        }
        Ok(received)
    }

    async fn receive_malformed(&self, malformed: &[Malformed], now: Timestamp) -> Result<(), LedgerError> {
        self.store.run(&ReceiveMalformed { malformed, now }).await
    }

    async fn claim_due(&self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, LedgerError> {
        self.store.run(&ClaimDue { worker, now, terms }).await
    }

    async fn decided(
        &self,
        claim: &Claim,
        id: &DecisionId,
        decision: &Decision,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<Written, LedgerError> {
        let prepared = Prepared::of(id, decision, effects).map_err(|error| Problem::from(error).told())?;
        let written = self.decisions.put(Decided { claim: Held::from(claim), prepared, now: ms(now) }).await?;
        if written == Written::Yes && !effects.is_empty() {
            self.made_work();
        }
        Ok(written)
    }

    async fn postpone(&self, claim: &Claim, _problem: &str, at: Timestamp) -> Result<Written, LedgerError> {
        self.store.run(&Postpone { claim, at: ms(at) }).await
    }

    async fn bury(&self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Result<Written, LedgerError> {
        self.store.run(&Bury { claim, problem, escalation, now: ms(now) }).await
    }

    async fn claim_effects(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        self.store.run(&ClaimEffects { worker, now: ms(now), lease_ms, max: limit }).await
    }

    async fn claim_unknown(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        self.store.run(&ClaimUnknown { worker, now: ms(now), lease_ms, max: limit }).await
    }

    async fn settle(&self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Result<Written, LedgerError> {
        self.outcomes.put(Settled { claim: claim.clone(), outcome: outcome.clone(), now: ms(now) }).await
    }

    async fn note_consent(
        &self,
        cause: &MessageId,
        customer: &PhoneNumber,
        company: &PhoneNumber,
        opted_out: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.store.run(&NoteConsent { cause, customer, company, opted_out, now: ms(now) }).await
    }

    async fn note_delivery(&self, report: &DeliveryReport, now: Timestamp) -> Result<Noted, LedgerError> {
        self.store.run(&NoteDelivery { report, now: ms(now) }).await
    }

    async fn send_of(&self, vendor_id: &str) -> Result<Option<EffectKey>, LedgerError> {
        self.store.run(&SendOf(vendor_id)).await
    }

    async fn unbilled(&self, after: Timestamp, before: Timestamp, limit: usize) -> Result<Vec<String>, LedgerError> {
        self.store.run(&Unbilled { after: ms(after), before: ms(before), max: limit }).await
    }

    async fn note_bill(&self, vendor_id: &str, bill: &Bill, now: Timestamp) -> Result<(), LedgerError> {
        self.store.run(&NoteBill { vendor_id, bill, now: ms(now) }).await
    }

    async fn last_received(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.store.run(&LastReceived).await
    }

    async fn recover(&self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<u64, LedgerError> {
        self.store.run(&Recover { now: ms(now), settle_ms, all_of }).await
    }

    async fn next_due(&self, terms: ClaimTerms) -> Result<Option<Timestamp>, LedgerError> {
        self.store.run(&NextDue { terms }).await
    }

    async fn work_elsewhere(&self) {
        match &self.news {
            Some(news) => news.heard().await,
            None => std::future::pending().await,
        }
    }
}
