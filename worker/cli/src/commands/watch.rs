//! `whimbrel watch`: what a simulation predicted against what came of the replies, by the outcome ledger.

use crate::args::simulate::WatchArgs;
use crate::commands::simulate::folder::RunFolder;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use adapters::ledger::sqlite::outcomes::Outcome;
use jiff::Timestamp;
use runtime::ports::records::Records;
use simulations::report::verdict::show;
use simulations::watch::{Sent, Standing, Watched, watch};
use std::collections::BTreeMap;
use std::process::ExitCode;
use triage::ticket::TicketId;

/// Lines of the ledger read at once.
const PAGE: usize = 1_000;
/// A customer who asks again within a day was not helped.
const DAY_S: i64 = 24 * 3_600;

/// Prints predicted and actual; exits with 1 on an alarm.
pub async fn run(config: &Config, args: &WatchArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let folder = RunFolder::find(&home, args.run.as_deref())?;
    let report = folder.report()?;
    let ledger = wiring::desk_ledger(&home)?;
    let mut outcomes: BTreeMap<TicketId, Vec<Outcome>> = BTreeMap::new();
    let mut seen = 0;
    loop {
        let page = ledger.outcomes(seen, PAGE).await?;
        let Some(last) = page.last() else { break };
        seen = last.seq;
        page.into_iter().for_each(|outcome| outcomes.entry(outcome.ticket.clone()).or_default().push(outcome));
    }
    let mut sent = Vec::new();
    for of_ticket in outcomes.values() {
        for (n, outcome) in of_ticket.iter().enumerate().filter(|(_, outcome)| outcome.what == "sent") {
            let Some(id) = &outcome.decision else { continue };
            let Some(stored) = ledger.decision(id).await? else { continue };
            // The operator's own texts are no answers.
            if stored.decision.receipt.citations.is_empty() {
                continue;
            }
            let intent = stored.decision.intent.map(|intent| intent.0).unwrap_or_default();
            sent.push(Sent { intent, was_wrong: of_ticket.iter().skip(n + 1).any(|later| corrects(later, outcome.at)) });
        }
    }
    let watched = watch(&report, &sent);
    screen.json(&watched)?;
    print(screen, &watched, &report.setup.run);
    let alarm = watched.iter().any(|one| one.standing == Standing::Alarm);
    Ok(if alarm { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// An agent had to write after the reply, or within a day the customer asked again or wanted no more.
fn corrects(later: &Outcome, replied_at: Timestamp) -> bool {
    let within_a_day = later.at.as_second() - replied_at.as_second() <= DAY_S;
    match later.what.as_str() {
        "agent_replied" => true,
        "customer_wrote_again" | "opted_out" => within_a_day,
        _ => false,
    }
}

fn print(screen: &Screen, watched: &[Watched], run: &str) {
    let word = |standing: Standing| match standing {
        Standing::AsPredicted => "as predicted",
        Standing::Alarm => "ALARM: wrong more often than predicted",
        Standing::TooFew => "too few replies so far",
        Standing::NotPredicted => "not predicted",
    };
    let row = |one: &Watched| vec![one.intent.clone(), show(&one.predicted), show(&one.actual), word(one.standing).to_owned()];
    screen.table(&["intent", "wrong, predicted", "wrong, actual", ""], watched.iter().map(row).collect());
    screen.line(format!("Predicted by run {run}. A reply counts as wrong when an agent wrote after it, or the customer asked again or opted out within a day."));
}
