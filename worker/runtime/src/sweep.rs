//! The sweep: what came in while nobody listened is fetched, insert or ignore. Vendors do not deliver a webhook for ever; their
//! lists keep the message.

use crate::events;
use crate::ports::clock::Clock;
use crate::ports::helpdesk::{Helpdesk, HelpdeskError};
use crate::ports::inbox::{Inbox, InboxError};
use crate::ports::ledger::{Ledger, LedgerError, Received};
use crate::ports::sms_gateway::{SendError, SmsGateway};
use crate::retry::later;
use crate::steadiness::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Notices that are read in one go.
pub const NOTICES_MAX: usize = 64;

/// A clock that was set back by more than this had been ahead: sweeps by it asked for messages of the future, and found none. In
/// milliseconds: half a minute; what is less lies within the overlap of two sweeps.
pub const SET_BACK_MS_MIN: i64 = 30_000;

/// Bills that are fetched in one sweep.
pub const BILLS_MAX: usize = 200;
/// A vendor knows the price of a message after so long, in milliseconds: ten minutes.
pub const BILL_AFTER_MS: i64 = 600_000;
/// And is asked for so long: three days. What is then still on its way has no price.
pub const BILL_UNTIL_MS: i64 = 3 * 86_400_000;

/// How often and how far back is looked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SweepSettings {
    /// A sweep begins so long after the one before it. Default one minute; 0 for none but the one at the start.
    pub every_ms: i64,
    /// A sweep looks so much further back than the end of the one before: vendors' lists lag behind. Default ten minutes.
    pub overlap_ms: i64,
    /// The first sweep looks back at most so long, whenever the last message came; so does one after the clock was set back. Default
    /// one day.
    pub back_max_ms: i64,
}

impl Default for SweepSettings {
    fn default() -> Self {
        SweepSettings { every_ms: 60_000, overlap_ms: 600_000, back_max_ms: 86_400_000 }
    }
}

impl SweepSettings {
    /// Everything that cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.every_ms < 0 || self.overlap_ms < 0 {
            faults.push("sweep.every_ms and sweep.overlap_ms may not be negative".to_owned());
        }
        if self.back_max_ms < self.overlap_ms {
            faults.push("sweep.back_max_ms must be at least sweep.overlap_ms".to_owned());
        }
        faults
    }
}

/// Why a sweep did not end well. What was fetched before is safe; the next one begins where this one began.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The helpdesk failed.
    #[error(transparent)]
    Helpdesk(#[from] HelpdeskError),
    /// The gateway failed.
    #[error(transparent)]
    Gateway(#[from] SendError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The notices could not be read.
    #[error(transparent)]
    Notices(#[from] InboxError),
}

/// Fetches what was missed, and reads the conversations that webhooks only name.
#[derive(Clone)]
pub struct Sweep {
    /// Whose conversations are read.
    pub helpdesk: Arc<dyn Helpdesk>,
    /// Whose list of inbound messages is read.
    pub gateway: Arc<dyn SmsGateway>,
    /// Keeps what was fetched.
    pub ledger: Arc<dyn Ledger>,
    /// Ids of conversations, as webhooks named them.
    pub notices: Arc<dyn Inbox>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How often and how far back.
    pub settings: SweepSettings,
}

impl Sweep {
    /// Reads the conversations that webhooks named. Returns how many notices there were. One that cannot be read now is left for
    /// the sweep: it must not hold up the others.
    pub async fn notices_round(&self) -> Result<usize, SweepError> {
        let deliveries = self.notices.take(NOTICES_MAX).await?;
        let mut ids: Vec<&str> = deliveries.iter().filter_map(|delivery| std::str::from_utf8(&delivery.payload).ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            if let Err(error) = self.conversation(id).await {
                events::failed("read a conversation", &error);
            }
        }
        let tags: Vec<String> = deliveries.iter().map(|delivery| delivery.tag.clone()).collect();
        self.notices.settle(&tags).await?;
        Ok(tags.len())
    }

    async fn conversation(&self, id: &str) -> Result<(usize, usize), SweepError> {
        let messages = self.helpdesk.read_by_id(id).await?;
        let received = if messages.is_empty() { Vec::new() } else { self.ledger.receive(&messages, self.clock.now()).await? };
        Ok((messages.len(), received.iter().filter(|received| **received == Received::New).count()))
    }

    /// Fetches everything since then. Returns how many messages were new.
    pub async fn since(&self, since: Timestamp) -> Result<usize, SweepError> {
        let inbound = self.gateway.inbound_since(since).await?;
        let received = if inbound.is_empty() { Vec::new() } else { self.ledger.receive(&inbound, self.clock.now()).await? };
        let mut new = received.iter().filter(|received| **received == Received::New).count();
        events::swept("gateway", inbound.len(), new);
        for id in self.helpdesk.changed_since(since).await? {
            let (messages, found) = self.conversation(&id).await?;
            new += found;
            if found > 0 {
                events::swept("helpdesk", messages, found);
            }
        }
        Ok(new)
    }

    /// Where the first sweep begins: where the last message came in, and never with a ledger that has seen none: whoever starts
    /// today does not answer yesterday. A last message of the future was taken in by a clock that was ahead.
    pub async fn beginning(&self) -> Result<Timestamp, SweepError> {
        let now = self.clock.now();
        let Some(last) = self.ledger.last_received().await? else { return Ok(now) };
        let longest = later(now, -self.settings.back_max_ms);
        if last.as_millisecond() - now.as_millisecond() > SET_BACK_MS_MIN {
            return Ok(longest);
        }
        Ok(later(last, -self.settings.overlap_ms).max(longest).min(now))
    }

    /// Where the sweep after one that began then begins.
    fn beginning_after(&self, last: Moment) -> Timestamp {
        let is_set_back = last.set_back_ms(self.clock.as_ref()) > SET_BACK_MS_MIN;
        let back_ms = if is_set_back { self.settings.back_max_ms } else { self.settings.overlap_ms };
        later(last.wall.min(self.clock.now()), -back_ms)
    }

    /// Fetches everything since the last sweep, or since the last message. Bills that cannot be read are asked for in the next one.
    pub async fn round(&self, last: Option<Moment>) -> Result<Moment, SweepError> {
        let begun = Moment::now(self.clock.as_ref());
        let since = match last {
            Some(last) => self.beginning_after(last),
            None => self.beginning().await?,
        };
        self.since(since).await?;
        if let Err(error) = self.bills_round().await {
            events::failed("read bills", &error);
        }
        Ok(begun)
    }

    /// Sweeps at the start and again and again, and reads notices in between, until `stop` says so. The steady clock says when: one that
    /// is set back must not put it off.
    pub async fn run(&self, poll_ms: i64, mut stop: watch::Receiver<bool>) {
        let mut last: Option<Moment> = None;
        let mut next_ms = self.clock.steady_ms();
        while !*stop.borrow() {
            if let Err(error) = self.notices_round().await {
                events::failed("read notices", &error);
            }
            let now_ms = self.clock.steady_ms();
            if now_ms >= next_ms && (last.is_none() || self.settings.every_ms > 0) {
                match self.round(last).await {
                    Ok(begun) => last = Some(begun),
                    Err(error) => events::failed("sweep", &error),
                }
                next_ms = now_ms.saturating_add(self.settings.every_ms.max(poll_ms));
            }
            let pause = Duration::from_millis(u64::try_from(poll_ms).unwrap_or(250));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Reads back what messages came to, and where those stand of which nothing was heard. Returns how many were asked for.
    pub async fn bills_round(&self) -> Result<usize, SweepError> {
        if !self.gateway.has_bills() {
            return Ok(0);
        }
        let now = self.clock.now();
        let ids = self.ledger.unbilled(later(now, -BILL_UNTIL_MS), later(now, -BILL_AFTER_MS), BILLS_MAX).await?;
        for id in &ids {
            if let Some(bill) = self.gateway.bill(id).await? {
                self.ledger.note_bill(id, &bill, self.clock.now()).await?;
            }
        }
        Ok(ids.len())
    }
}
