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
    tickets: BTreeMap<TicketId, Ticket>,
}

/// The account of a ticket.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Ticket {
    micro_usd: u64,
    /// The day of its last movement.
    day: Option<Date>,
}

/// The account of a ticket that nothing was spent on for so many days is closed when a month begins.
const TICKET_DAYS: i32 = 180;

impl Accounts {
    /// Begins new sums when a day or a month has begun (UTC).
    pub fn turn_to(&mut self, now: Timestamp) {
        let today = now.to_zoned(TimeZone::UTC).date();
        let Some(day) = self.day.replace(today).filter(|day| *day != today) else { return };
        self.day_micro_usd = 0;
        if day.first_of_month() != today.first_of_month() {
            self.month_micro_usd = 0;
            self.capped = None;
            self.tickets.retain(|_, ticket| ticket.day.is_some_and(|day| (today - day).get_days() <= TICKET_DAYS));
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
            ticket.micro_usd = ticket.micro_usd.saturating_add_signed(entry.micro_usd);
            ticket.day = self.day;
        }
        if let Some(cap) = &entry.cap
            && (cap == "day" || cap == "month")
        {
            self.capped = Some(cap.clone());
        }
    }

    /// The cap that a call of this price would pass.
    pub fn cap(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> Option<&'static str> {
        let spent = self.tickets.get(ticket).map_or(0, |ticket| ticket.micro_usd);
        passed(Spent { ticket: spent, day: self.day_micro_usd, month: self.month_micro_usd }, micro_usd, caps)
    }
}

/// What was spent so far, in millionths of a US dollar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) ticket: u64,
    pub(crate) day: u64,
    pub(crate) month: u64,
}

/// The cap that a call of this price would pass.
pub(crate) fn passed(spent: Spent, micro_usd: u64, caps: &Caps) -> Option<&'static str> {
    let sums =
        [("call", 0, caps.call), ("ticket", spent.ticket, caps.ticket), ("day", spent.day, caps.day), ("month", spent.month, caps.month)];
    sums.into_iter().find(|(_, sum, cap)| cap.is_some_and(|cap| sum.saturating_add(micro_usd) > cap)).map(|(name, _, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: &str, ticket: &str, micro_usd: i64) -> Entry {
        Entry { at: at.parse().unwrap(), ticket: TicketId(ticket.to_owned()), micro_usd, cap: None, asked: false }
    }

    #[test]
    fn days_and_months_begin_anew_and_tickets_do_not() {
        let mut accounts = Accounts::default();
        let caps = Caps { call: Some(100), ticket: Some(120), day: Some(150), month: Some(300) };
        let (a, b) = (TicketId("a".to_owned()), TicketId("b".to_owned()));
        accounts.add(&entry("2026-01-30T23:00:00Z", "a", 90));
        assert_eq!(accounts.cap(&a, 101, &caps), Some("call"));
        assert_eq!(accounts.cap(&a, 31, &caps), Some("ticket"));
        assert_eq!(accounts.cap(&b, 61, &caps), Some("day"));
        assert_eq!(accounts.cap(&b, 60, &caps), None);
        accounts.add(&entry("2026-01-31T00:00:00Z", "b", 100));
        assert_eq!((accounts.day_micro_usd, accounts.month_micro_usd), (100, 190));
        accounts.add(&entry("2026-02-01T00:00:00Z", "b", 5));
        assert_eq!((accounts.day_micro_usd, accounts.month_micro_usd), (5, 5));
        assert_eq!(accounts.cap(&a, 31, &caps), Some("ticket"), "what was spent on it last month counts");
        accounts.turn_to("2026-12-01T00:00:00Z".parse().unwrap());
        assert_eq!(accounts.cap(&a, 31, &caps), None, "an account without movement is closed");
    }

    #[test]
    fn a_cap_stands_until_its_time_is_over() {
        let mut accounts = Accounts::default();
        accounts.add(&Entry { cap: Some("day".to_owned()), ..entry("2026-01-30T23:00:00Z", "a", 0) });
        assert_eq!(accounts.capped.as_deref(), Some("day"));
        accounts.turn_to("2026-01-31T00:00:00Z".parse().unwrap());
        assert_eq!(accounts.capped, None);
    }
}
