//! The embedded ledger: one SQLite file, one writer thread with group commit, reads beside it.
//!
//! A worker opens it with [`SqliteLedger::open_worker`] and is then the only worker on that file; the command line may
//! open it beside the worker with [`SqliteLedger::open_desk`]. What is durable when is told in [`writer`], how a desk is
//! let in between in [`gate`], the tables in `migrations/`.

pub mod claims;
pub(crate) mod consents;
pub(crate) mod dead_letters;
pub(crate) mod decisions;
pub(crate) mod deliveries;
pub(crate) mod drafts;
pub mod effects;
pub mod forget;
pub mod gate;
pub(crate) mod intake;
pub(crate) mod log;
pub mod open;
pub mod outcomes;
pub(crate) mod person;
pub(crate) mod problem;
pub(crate) mod reader;
pub(crate) mod records;
pub mod rows;
pub mod schema;
pub(crate) mod settlement;
pub(crate) mod status;
pub mod writer;

use crate::ledger::prepared::Prepared;
use crate::ledger::sqlite::gate::Gate;
use crate::ledger::sqlite::problem::{Problem, permanent};
use crate::ledger::sqlite::reader::Reader;
use crate::ledger::sqlite::rows::timestamp;
use crate::ledger::sqlite::writer::{Durability, Writer};
use crate::ledger::words::{limit, ms};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::{DeliveryReport, Noted};
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome};
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, LedgerError, Malformed, Received, WorkerId, Written};
use runtime::ports::records::Outcome;
use runtime::ports::sms_gateway::Bill;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::MessageId;

/// The embedded ledger. Dropping it finishes what waits, closes the file and lets another worker open it.
pub struct SqliteLedger {
    path: PathBuf,
    writer: Writer,
    /// For people: long looks.
    records: Reader,
    /// For the worker: when to wake up.
    schedule: Reader,
}

impl SqliteLedger {
    /// Opens the ledger for the one worker of this file; makes it when it is absent, brings it to the newest version.
    pub fn open_worker(path: &Path) -> Result<Self, LedgerError> {
        open::create(path)?;
        let gate = Gate::worker(path)?;
        let mut connection = open::writing(path)?;
        schema::migrate(&mut connection)?;
        Self::over(path, connection, gate)
    }

    /// Opens an existing ledger beside a worker, for the command line: reads, and single short writes.
    pub fn open_desk(path: &Path) -> Result<Self, LedgerError> {
        if !path.is_file() {
            return Err(permanent(format!("there is no ledger at {}: start `whimbrel worker` once, it makes one", path.display())));
        }
        let gate = Gate::desk(path)?;
        let connection = open::writing(path)?;
        schema::require_newest(&connection)?;
        Self::over(path, connection, gate)
    }

    fn over(path: &Path, connection: Connection, gate: Gate) -> Result<Self, LedgerError> {
        // The readers come first: opening them makes sure that the log is there.
        let records = Reader::new(open::reading(path)?);
        let schedule = Reader::new(open::reading(path)?);
        let writer = Writer::start(path, connection, gate).map_err(|error| Problem::from(error).told())?;
        Ok(SqliteLedger { path: path.to_path_buf(), writer, records, schedule })
    }

    /// Clears what was written over out of the file, when that is due; on a connection of its own, for it cannot be done
    /// within a transaction.
    fn purge(&self) -> Result<bool, LedgerError> {
        forget::purge(&open::writing(&self.path)?).map_err(Problem::told)
    }

    /// Transactions committed since it was opened, for measurements.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }

    /// How often the log was brought to the disk since it was opened, for measurements.
    pub fn syncs(&self) -> u64 {
        self.writer.syncs()
    }

    /// Returns when everything that was answered before is on the disk, whatever its durability.
    pub async fn sync(&self) -> Result<(), LedgerError> {
        self.writer.write(Durability::Durable, |_| Ok(())).await
    }

    /// Lines of the outcome ledger after `seq` (0 for all), oldest first.
    pub async fn outcomes(&self, seq: i64, max: usize) -> Result<Vec<Outcome>, LedgerError> {
        self.records.read(move |connection| outcomes::after(connection, seq, limit(max))).await
    }

    /// Lets the file grow to `pages` of 4 KiB at most, or to what it has already: past that a write fails as on a full
    /// disk. It holds until the ledger is closed. Returns what is in force.
    pub async fn limit_pages(&self, pages: u32) -> Result<u32, LedgerError> {
        let set = move |connection: &Connection| Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |row| row.get(0))?);
        self.writer.write(Durability::Ordinary, set).await
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn receive(&self, messages: &[InboundMessage], now: Timestamp) -> Result<Vec<Received>, LedgerError> {
        let messages = messages.to_vec();
        let receive = move |connection: &Connection| messages.iter().map(|message| intake::receive(connection, message, now)).collect();
        self.writer.write(Durability::Durable, receive).await
    }

    async fn receive_malformed(&self, malformed: &[Malformed], now: Timestamp) -> Result<(), LedgerError> {
        let malformed = malformed.to_vec();
        let receive =
            move |connection: &Connection| malformed.iter().try_for_each(|bytes| intake::receive_malformed(connection, bytes, ms(now)));
        self.writer.write(Durability::Durable, receive).await
    }

    async fn claim_due(&self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, LedgerError> {
        let worker = worker.clone();
        self.writer.write(Durability::Ordinary, move |connection| claims::claim_due(connection, &worker, now, terms)).await
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
        let claim = claim.clone();
        let durability = if decision.consent.is_some() { Durability::Durable } else { Durability::Ordinary };
        self.writer.write(durability, move |connection| decisions::decided(connection, &claim, &prepared, ms(now))).await
    }

    async fn postpone(&self, claim: &Claim, _problem: &str, at: Timestamp) -> Result<Written, LedgerError> {
        let claim = claim.clone();
        self.writer.write(Durability::Ordinary, move |connection| claims::postpone(connection, &claim, ms(at))).await
    }

    async fn bury(&self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Result<Written, LedgerError> {
        let (claim, problem, escalation) = (claim.clone(), problem.to_owned(), escalation.clone());
        let bury = move |connection: &Connection| decisions::bury(connection, &claim, &problem, &escalation, ms(now));
        self.writer.write(Durability::Durable, bury).await
    }

    async fn claim_effects(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        let worker = worker.clone();
        self.writer.write(Durability::Durable, move |connection| effects::claim(connection, &worker, ms(now), lease_ms, limit)).await
    }

    async fn claim_unknown(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        let worker = worker.clone();
        let claim = move |connection: &Connection| effects::claim_unknown(connection, &worker, ms(now), lease_ms, limit);
        self.writer.write(Durability::Ordinary, claim).await
    }

    async fn settle(&self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Result<Written, LedgerError> {
        let (claim, outcome) = (claim.clone(), outcome.clone());
        self.writer.write(Durability::Ordinary, move |connection| settlement::settle(connection, &claim, &outcome, ms(now))).await
    }

    async fn note_consent(
        &self,
        cause: &MessageId,
        customer: &PhoneNumber,
        company: &PhoneNumber,
        opted_out: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (cause, customer, company) = (cause.clone(), customer.clone(), company.clone());
        let note = move |connection: &Connection| deliveries::note_consent(connection, &cause, &customer, &company, opted_out, ms(now));
        self.writer.write(Durability::Durable, note).await
    }

    async fn note_delivery(&self, report: &DeliveryReport, now: Timestamp) -> Result<Noted, LedgerError> {
        let report = report.clone();
        self.writer.write(Durability::Durable, move |connection| deliveries::note(connection, &report, ms(now))).await
    }

    async fn send_of(&self, vendor_id: &str) -> Result<Option<EffectKey>, LedgerError> {
        let vendor_id = vendor_id.to_owned();
        self.records.read(move |connection| deliveries::send_of(connection, &vendor_id)).await
    }

    async fn unbilled(&self, after: Timestamp, before: Timestamp, limit: usize) -> Result<Vec<String>, LedgerError> {
        self.records.read(move |connection| deliveries::unbilled(connection, ms(after), ms(before), limit)).await
    }

    async fn note_bill(&self, vendor_id: &str, bill: &Bill, now: Timestamp) -> Result<(), LedgerError> {
        let (vendor_id, bill) = (vendor_id.to_owned(), bill.clone());
        let note = move |connection: &Connection| deliveries::note_bill(connection, &vendor_id, &bill, ms(now));
        self.writer.write(Durability::Ordinary, note).await
    }

    async fn last_received(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.schedule.read(intake::last_received).await
    }

    async fn recover(&self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<u64, LedgerError> {
        let all_of = all_of.cloned();
        let recover = move |connection: &Connection| {
            let turns = claims::recover(connection, ms(now), all_of.as_ref())?;
            let effects = effects::recover(connection, ms(now), settle_ms, all_of.as_ref())?;
            Ok(u64::try_from(turns.saturating_add(effects)).unwrap_or(u64::MAX))
        };
        self.writer.write(Durability::Ordinary, recover).await
    }

    async fn next_due(&self, terms: ClaimTerms) -> Result<Option<Timestamp>, LedgerError> {
        let next = move |connection: &Connection| {
            let is_paused = claims::is_paused(connection)?;
            let turn = if is_paused { None } else { claims::next_due(connection, terms)? };
            let effect = effects::next_due(connection, is_paused)?;
            [turn, effect].into_iter().flatten().min().map(timestamp).transpose()
        };
        self.schedule.read(next).await
    }
}
