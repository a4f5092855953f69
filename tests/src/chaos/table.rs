//! The table that a campaign prints.

use crate::chaos::campaign::{Account, Plan, Setup};
use std::fmt::Write;

/// What no worker can take in is handed out so often at most.
const TRIES_MAX: u64 = 5;

/// The rows, and whether every zero is one.
pub fn print(plan: &Plan, account: &Account) -> (String, bool) {
    let Account { outcome, written, haunting, died, dead_letters, clock_steps, faults, troubles, settled_s, .. } = account;
    let status = &outcome.status;
    let mut text = String::new();
    let mut row = |name: &str, value: String| {
        let _fits = writeln!(text, "{name:<56} {value:>12}");
    };
    row("set-up", plan.setup.to_string());
    row("seed", plan.seed.to_string());
    row("messages of customers", written.messages().to_string());
    row("  of these in the ledger", status.received.to_string());
    row("  decided", status.decided.to_string());
    row("  among the dead letters", status.dead.to_string());
    for (action, count) in &status.decisions {
        row(&format!("turns that ended in {action}"), count.to_string());
    }
    row("lines that are no message, all dead letters", written.poison.to_string());
    if let Some(tries) = dead_letters.tries_most {
        row("  how often the broker handed one of them out, at most", tries.to_string());
    }
    row("webhooks that came twice", written.doubled.to_string());
    row("SMS received by customers", outcome.received.to_string());
    row("workers killed with SIGKILL", haunting.kills.to_string());
    row("workers stopped past their lease and woken", haunting.stops.to_string());
    row("clocks of workers set an hour wrong, or right again", clock_steps.to_string());
    for seconds in &died.broker {
        row("broker killed; seconds from its return until it was read", format!("{seconds:.1}"));
    }
    if plan.setup == Setup::Scaled {
        row("database killed", died.database.to_string());
        for (server, troubles) in ["broker", "database", "index"].iter().zip(died.troubles) {
            row(&format!("connections to the {server} that broke"), troubles.to_string());
        }
    }
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
        ("dead letters that nobody placed", dead_letters.count.saturating_sub(written.poison + outcome.given_up + status.dead)),
    ];
    for (name, count) in zeros {
        row(name, count.to_string());
    }
    let poison_lost = written.poison > dead_letters.count;
    let tried_too_often = dead_letters.tries_most.is_some_and(|tries| tries > TRIES_MAX);
    (text, zeros.iter().all(|(_, count)| *count == 0) && !poison_lost && !tried_too_often)
}
