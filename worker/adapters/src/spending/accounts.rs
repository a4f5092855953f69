//! The accounts: sums of a day, of a month and of tickets.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use prompts::budget::money::Caps;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triage::ticket::TicketId;

/// A movement of money, or a cap that stopped a call.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// For which ticket.
    pub ticket: TicketId,
    /// Millionths of a US dollar; less than nothing when a call cost less than was charged.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub micro_usd: i64,
    /// The cap that was reached, when one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
    /// The model was asked about a turn, in however many calls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

/// Sums up to a moment.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Accounts {
    /// Of the day, in millionths of a US dollar.
    pub day_micro_usd: u64,
    /// Of the month.
    pub month_micro_usd: u64,
    /// Turns that the model was asked about, since the file was begun.
    pub asked: u64,
    /// The cap of the day or month that is reached.
    pub capped: Option<String>,
    #[serde(skip)]
    day: Option<Date>,
    #[serde(skip)]
    tickets: BTreeMap<TicketId, u64>,
}

impl Accounts {
    /// Begins new sums when a day or a month has begun (UTC).
    pub fn turn_to(&mut self, now: Timestamp) {
        let today = now.to_zoned(TimeZone::UTC).date();
        let Some(day) = self.day.replace(today).filter(|day| *day != today) else { return };
        self.day_micro_usd = 0;
        if day.first_of_month() != today.first_of_month() {
            self.month_micro_usd = 0;
            self.capped = None;
        }
        if self.capped.as_deref() == Some("day") {
            self.capped = None;
        }
    }

    /// Adds an entry of this moment.
    pub fn add(&mut self, entry: &Entry) {
        self.turn_to(entry.at);
        self.asked += u64::from(entry.asked);
        let moved = |sum: u64| sum.saturating_add_signed(entry.micro_usd);
        self.day_micro_usd = moved(self.day_micro_usd);
        self.month_micro_usd = moved(self.month_micro_usd);
        if entry.micro_usd != 0 {
            let ticket = self.tickets.entry(entry.ticket.clone()).or_default();
            *ticket = ticket.saturating_add_signed(entry.micro_usd);
        }
        if let Some(cap) = &entry.cap
            && (cap == "day" || cap == "month")
        {
            self.capped = Some(cap.clone());
        }
    }

    /// The cap that a call of this price would pass.
    pub fn cap(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> Option<&'static str> {
        let spent = self.tickets.get(ticket).copied().unwrap_or(0);
        let sums = [
            ("call", 0, caps.call),
            ("ticket", spent, caps.ticket),
            ("day", self.day_micro_usd, caps.day),
            ("month", self.month_micro_usd, caps.month),
        ];
        sums.into_iter().find(|(_, sum, cap)| cap.is_some_and(|cap| sum.saturating_add(micro_usd) > cap)).map(|(name, _, _)| name)
    }
}
