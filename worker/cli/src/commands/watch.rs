//! `whimbrel watch`: what a simulation predicted against what came of the replies, by the outcome ledger.

use crate::args::simulate::WatchArgs;
use crate::commands::simulate::folder::RunFolder;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use jiff::Timestamp;
use runtime::ports::records::Outcome;
use simulations::report::verdict::show;
use simulations::twins::fnv;
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
    let ledger = wiring::ledger::desk(config, &home).await?;
    let mut outcomes: BTreeMap<TicketId, Vec<Outcome>> = BTreeMap::new();
    let mut seen = 0;
    loop {
        let page = ledger.outcomes(seen, PAGE).await?;
        let Some(last) = page.last() else { break };
        seen = last.seq;
        page.into_iter().for_each(|outcome| outcomes.entry(outcome.ticket.clone()).or_default().push(outcome));
    }
    let mut sent = Vec::new();
    for (ticket, of_ticket) in &outcomes {
        for (id, was_wrong) in replies(of_ticket) {
            let Some(stored) = ledger.decision(id).await? else { continue };
            // The operator's own texts are no answers.
            if stored.decision.receipt.citations.is_empty() {
                continue;
            }
            let intent = stored.decision.intent.map(|intent| intent.0).unwrap_or_default();
            sent.push(Sent { conversation: fnv(ticket.0.as_bytes()), intent, was_wrong });
        }
    }
    let watched = watch(&report, &sent);
    screen.json(&watched)?;
    print(screen, &watched, &report.setup.run);
    let alarm = watched.iter().any(|one| one.standing == Standing::Alarm);
    Ok(if alarm { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The decisions of a conversation whose reply went out, each once however many SMS it took and whatever the network reported of them;
/// and whether it was wrong.
fn replies(of_ticket: &[Outcome]) -> Vec<(&String, bool)> {
    let mut replies: Vec<(&String, bool)> = Vec::new();
    for (n, outcome) in of_ticket.iter().enumerate().filter(|(_, outcome)| outcome.what == "sent") {
        let Some(decision) = &outcome.decision else { continue };
        if replies.iter().any(|(seen, _)| *seen == decision) {
            continue;
        }
        replies.push((decision, of_ticket.iter().skip(n + 1).any(|later| corrects(later, decision, outcome.at))));
    }
    replies
}

/// An agent wrote while this was the newest decision, or within a day the customer asked again or wanted no more. What comes after a later
/// decision is that one's.
fn corrects(later: &Outcome, decision: &str, replied_at: Timestamp) -> bool {
    let within_a_day = later.at.as_second() - replied_at.as_second() <= DAY_S;
    let is_of_it = later.decision.as_deref().is_none_or(|of| of == decision);
    match later.what.as_str() {
        "agent_replied" => is_of_it,
        "customer_wrote_again" => is_of_it && within_a_day,
        "opted_out" => within_a_day,
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What was noted of one conversation: hours after the first reply, the decision, the word.
    fn noted(said: &[(i64, &str, &str)]) -> Vec<Outcome> {
        let start: Timestamp = Timestamp::from_second(1_780_000_000).unwrap_or_default();
        let line = |(seq, (hours, decision, what)): (i64, &(i64, &str, &str))| Outcome {
            seq,
            at: start + jiff::SignedDuration::from_hours(*hours),
            ticket: TicketId("t".to_owned()),
            decision: (!decision.is_empty()).then(|| (*decision).to_owned()),
            what: (*what).to_owned(),
            detail: json!({}),
        };
        (0..).zip(said).map(line).collect()
    }

    fn wrong(said: &[(i64, &str, &str)]) -> Vec<(String, bool)> {
        let outcomes = noted(said);
        replies(&outcomes).into_iter().map(|(id, wrong)| (id.clone(), wrong)).collect()
    }

    #[test]
    fn a_reply_of_two_sms_that_the_network_reports_on_is_one_reply() {
        let said = [(0, "a", "decided"), (0, "a", "sent"), (0, "a", "sent"), (0, "a", "sent"), (1, "a", "delivered")];
        assert_eq!(wrong(&said), [("a".to_owned(), false)]);
    }

    #[test]
    fn an_agent_a_question_within_the_day_and_an_opt_out_call_it_wrong() {
        for (hours, decision, what, is_wrong) in [
            (2, "a", "agent_replied", true),
            (2, "a", "customer_wrote_again", true),
            (30, "a", "customer_wrote_again", false),
            (2, "", "opted_out", true),
            (30, "", "opted_out", false),
            (2, "a", "tagged", false),
        ] {
            assert_eq!(wrong(&[(0, "a", "sent"), (hours, decision, what)]), [("a".to_owned(), is_wrong)], "{what} after {hours} h");
        }
    }

    #[test]
    fn what_an_agent_writes_to_a_later_turn_does_not_call_the_first_reply_wrong() {
        let said = [(0, "a", "sent"), (400, "a", "customer_wrote_again"), (400, "b", "decided"), (401, "b", "agent_replied")];
        assert_eq!(wrong(&said), [("a".to_owned(), false)]);
    }
}
