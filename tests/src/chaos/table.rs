//! The table that a campaign prints.

use crate::chaos::campaign::{Account, Plan};
use std::fmt::Write;

/// The rows, and whether every zero is one.
pub fn print(plan: &Plan, account: &Account) -> (String, bool) {
    let Account { outcome, written, haunting, faults, troubles, settled_s, .. } = account;
    let status = &outcome.status;
    let mut text = String::new();
    let mut row = |name: &str, value: String| {
        let _fits = writeln!(text, "{name:<56} {value:>12}");
    };
    row("set-up", "embedded".to_owned());
    row("seed", plan.seed.to_string());
    row("messages of customers", written.messages().to_string());
    row("  of these in the ledger", status.received.to_string());
    row("  decided", status.decided.to_string());
    row("  among the dead letters", status.dead.to_string());
    for (action, count) in &status.decisions {
        row(&format!("turns that ended in {action}"), count.to_string());
    }
    row("lines that are no message, all dead letters", written.poison.to_string());
    row("webhooks that came twice", written.doubled.to_string());
    row("SMS received by customers", outcome.received.to_string());
    row("workers killed with SIGKILL", haunting.kills.to_string());
    row("workers stopped past their lease and woken", haunting.stops.to_string());
    row("connections to the phone network that broke", troubles.to_string());
    for (fault, count) in faults {
        row(&format!("phone network: {fault}"), count.to_string());
    }
    row("sends begun again, after a look-up or a refusal", outcome.begun_again.to_string());
    row("sends given up, with a person", outcome.given_up.to_string());
    row("seconds from the last fault until all was settled", format!("{settled_s:.0}"));
    let zeros = [
        ("lost", outcome.lost),
        ("customers who got two replies for one turn", outcome.doubled),
        ("sends on which ledger and phone network disagree", outcome.disagreed),
        ("messages that still wait", status.waiting),
        ("dead letters that nobody placed", status.dead_letters.saturating_sub(written.poison + outcome.given_up + status.dead)),
    ];
    for (name, count) in zeros {
        row(name, count.to_string());
    }
    let poison_lost = written.poison > status.dead_letters;
    (text, zeros.iter().all(|(_, count)| *count == 0) && !poison_lost)
}
