//! What only the shared ledger promises: it is a server, with many at it.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use adapters::ledger::postgres::PostgresLedger;
use adapters::ledger::postgres::settings::PostgresSettings;
use adapters::secret::Secret;
use adapters::spending::postgres::{PostgresSpending, read};
use prompts::budget::money::Caps;
use prompts::ports::spending::Spending;
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{Ledger, Received, Written};
use runtime::ports::records::Records;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tests::contracts::ledger::twin::{Twin, agent, asks, at, reply, reply_and_tag, worker};
use tests::postgres;
use tests::shared::{left_out, root};
use triage::ticket::{MessageId, TicketId};

fn twin(ledger: PostgresLedger) -> Twin {
    let ledger = Arc::new(ledger);
    Twin::of((ledger.clone(), ledger))
}

fn told<T>(result: Result<T, runtime::ports::ledger::LedgerError>) -> String {
    result.err().unwrap().to_string()
}

#[tokio::test]
async fn workers_of_one_name_get_places_and_a_free_place_is_taken_again() {
    let Some(url) = postgres::url("workers_of_one_name_get_places_and_a_free_place_is_taken_again") else { return };
    let settings = postgres::settings();
    let first = postgres::worker(&settings, &url, "w").await;
    let second = postgres::worker(&settings, &url, "w").await;
    let names = |ledger: &PostgresLedger| ledger.worker().unwrap().0.clone();
    assert_eq!((names(&first), names(&second)), ("w".to_owned(), "w-2".to_owned()));
    let seen = first.workers().await.unwrap();
    assert_eq!(seen.iter().map(|seen| seen.name.0.as_str()).collect::<Vec<_>>(), ["w", "w-2"]);
    assert!(seen.iter().all(|seen| !seen.is_gone && seen.stopped_at.is_none() && seen.turns == 0));
    first.leave().await.unwrap();
    drop(first);
    let third = again_named(&settings, &url, "w").await;
    let seen = third.workers().await.unwrap();
    assert!(seen.iter().all(|seen| seen.stopped_at.is_none()), "whoever starts is there again");
}

/// The server lets a lock go once it has seen that its session is over.
async fn again_named(settings: &PostgresSettings, url: &str, name: &str) -> PostgresLedger {
    loop {
        let ledger = postgres::worker(settings, url, name).await;
        if ledger.worker().unwrap().0 == name {
            return ledger;
        }
        drop(ledger);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_text_that_postgresql_cannot_keep_is_kept_as_well_as_it_can() {
    let Some(url) = postgres::url("a_text_that_postgresql_cannot_keep_is_kept_as_well_as_it_can") else { return };
    let twin = twin(postgres::worker(&postgres::settings(), &url, "one").await);
    let hostile = InboundMessage {
        message_id: MessageId("m\0".to_owned()),
        conversation_id: Some(TicketId("c\0".to_owned())),
        text: "where\0 is it \u{202e}\u{feff}".to_owned(),
        ..asks("m", "c")
    };
    assert_eq!(twin.receive(hostile.clone(), 0).await, Received::New);
    assert_eq!(twin.receive(hostile, 1).await, Received::Duplicate);
    let claim = twin.claim_one(10).await;
    assert_eq!(claim.ticket.messages[0].text, "where\u{fffd} is it \u{202e}\u{feff}");
    assert_eq!(twin.decide(&claim, &reply(&["no\0w"]), 11).await, Written::Yes);
    let send = twin.begin_one(11).await;
    assert_eq!(twin.done(&send, "SM\0", 12).await, Written::Yes);
    assert_eq!(twin.status().await.decided, 1);
}

#[tokio::test]
async fn a_desk_reads_and_writes_beside_workers_and_needs_the_tables() {
    let Some(url) = postgres::url("a_desk_reads_and_writes_beside_workers_and_needs_the_tables") else { return };
    let settings = postgres::settings();
    assert!(told(PostgresLedger::open_desk(&settings, &url).await).contains("whimbrel setup postgres"));
    assert_eq!(PostgresLedger::migrate(&settings, &url).await.unwrap(), ["ledger", "deliveries", "workers"]);
    assert!(PostgresLedger::migrate(&settings, &url).await.unwrap().is_empty());
    let running = twin(postgres::worker(&settings, &url, "one").await);
    running.receive(asks("m1", "a"), 0).await;
    let desk = PostgresLedger::open_desk(&settings, &url).await.unwrap();
    desk.set_paused(true, at(1)).await.unwrap();
    assert!(running.claim(20).await.is_empty());
    desk.set_paused(false, at(21)).await.unwrap();
    assert_eq!(running.claim(22).await.len(), 1);
    assert_eq!(desk.workers().await.unwrap()[0].turns, 1);
}

#[tokio::test]
async fn what_cannot_work_is_told_with_what_to_do_and_without_the_password() {
    let Some(url) = postgres::url("what_cannot_work_is_told_with_what_to_do_and_without_the_password") else { return };
    let settings = PostgresSettings { connect_timeout_ms: 500, ..postgres::settings() };
    let nowhere = "postgres://me:secret-word@127.0.0.1:1/nothing";
    let error = PostgresLedger::migrate(&settings, nowhere).await.err().unwrap();
    assert!(error.is_transient && !error.problem.contains("secret-word"), "{error}");
    let absent = format!("{}/there_is_no_such_database", url.rsplit_once('/').unwrap().0);
    let error = PostgresLedger::migrate(&settings, &absent).await.err().unwrap();
    assert!(!error.is_transient && error.problem.contains("createdb"), "{error}");
    assert!(told(PostgresLedger::migrate(&settings, "mysql://x").await).contains("postgres://USER"));
    let shown = format!("{:?}", PostgresSettings { url: Secret::new(nowhere), ..settings });
    assert!(!shown.contains("secret-word"));
}

#[tokio::test]
async fn outcomes_tell_the_story_without_the_words() {
    let Some(url) = postgres::url("outcomes_tell_the_story_without_the_words") else { return };
    let ledger = Arc::new(postgres::worker(&postgres::settings(), &url, "one").await);
    let twin = Twin::of((ledger.clone(), ledger.clone()));
    twin.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 12).await;
    twin.receive(asks("m2", "a"), 13).await;
    twin.receive(agent("m3", "a"), 14).await;
    let outcomes = ledger.outcomes(0, 100).await.unwrap();
    let words: Vec<&str> = outcomes.iter().map(|outcome| outcome.what.as_str()).collect();
    assert_eq!(words, ["decided", "sent", "customer_wrote_again", "agent_replied"]);
    assert!(outcomes.iter().all(|outcome| !outcome.detail.to_string().contains("on its way")));
    assert_eq!(ledger.outcomes(outcomes[2].seq, 100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn work_that_one_has_made_wakes_the_others() {
    let Some(url) = postgres::url("work_that_one_has_made_wakes_the_others") else { return };
    let settings = postgres::settings();
    let (maker, waiter) = (postgres::worker(&settings, &url, "a").await, postgres::worker(&settings, &url, "b").await);
    let waiter = Arc::new(waiter);
    let woken = tokio::spawn({
        let waiter = waiter.clone();
        async move { waiter.work_elsewhere().await }
    });
    // It begins to listen at some time: it is told until it has heard.
    for n in 0.. {
        maker.receive(&[asks(&format!("m{n}"), "a")], at(n)).await.unwrap();
        if woken.is_finished() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    woken.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_workers_together_pass_no_cap() {
    let Some(url) = postgres::url("all_workers_together_pass_no_cap") else { return };
    let settings = postgres::settings();
    PostgresLedger::migrate(&settings, &url).await.unwrap();
    let caps = Caps { day: Some(1_000), ..Caps::default() };
    let spendings: Vec<Arc<PostgresSpending>> = (0..4).map(|_| Arc::new(PostgresSpending::start(&settings, &url).unwrap())).collect();
    let charging: Vec<_> = spendings
        .iter()
        .enumerate()
        .map(|(n, spending)| {
            let spending = spending.clone();
            let ticket = TicketId(format!("t{n}"));
            tokio::task::spawn_blocking(move || {
                spending.asked(&ticket);
                (0..40).filter(|_| spending.charge(&ticket, 30, &caps).is_ok()).count()
            })
        })
        .collect();
    let mut charged = 0;
    for counted in charging {
        charged += counted.await.unwrap();
    }
    assert_eq!(charged, 33, "33 times 30 is the most that 1,000 allows");
    let sums = read(&settings, &url).await.unwrap();
    assert_eq!((sums.day_micro_usd, sums.month_micro_usd, sums.asked, sums.capped.as_deref()), (990, 990, 4, Some("day")));
    spendings[0].settle(&TicketId("t0".to_owned()), 30, 10);
    let ticket = TicketId("t0".to_owned());
    assert_eq!(spendings[0].charge(&ticket, 31, &caps), Err("day"));
    assert_eq!(spendings[0].charge(&ticket, 30, &caps), Ok(()));
}

/// A server of this test alone, which it may kill.
struct Own {
    folder: String,
    url: String,
}

impl Own {
    fn start(test: &str) -> Option<Self> {
        postgres::url(test)?;
        let Some(folder) = said(&["start"]) else {
            left_out(test, "no PostgreSQL of its own can be started here");
            return None;
        };
        let url = said(&["url", &folder]).unwrap();
        Some(Own { folder, url })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        said(&["stop", &self.folder]);
    }
}

fn said(arguments: &[&str]) -> Option<String> {
    let output = Command::new(Path::new(&root()).join(".ci/postgres")).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_is_told_as_passing_and_nothing_that_was_answered_is_lost() {
    let Some(own) = Own::start("a_server_that_is_killed_is_told_as_passing_and_nothing_that_was_answered_is_lost") else { return };
    let settings = PostgresSettings { connect_timeout_ms: 1_000, ..postgres::settings() };
    let ledger = Arc::new(postgres::worker(&settings, &own.url, "one").await);
    let twin = Twin::of((ledger.clone(), ledger.clone()));
    for n in 0..20 {
        twin.receive(asks(&format!("m{n}"), &format!("c{n}")), 0).await;
    }
    let stale = twin.claim(10).await;
    assert_eq!(stale.len(), 10);
    said(&["kill", &own.folder]);
    let error = ledger.receive(&[asks("m20", "c20")], at(11)).await.err().unwrap();
    assert!(error.is_transient, "{error}");
    said(&["again", &own.folder]);
    let received = loop {
        match ledger.receive(&[asks("m19", "c19"), asks("m20", "c20")], at(12)).await {
            Ok(received) => break received,
            Err(error) => assert!(error.is_transient, "{error}"),
        }
    };
    assert_eq!(received, [Received::Duplicate, Received::New]);
    assert_eq!(twin.status().await.received, 21);
    assert_eq!(twin.ledger.recover(at(13), 0, Some(&worker("one"))).await.unwrap(), 10, "claims that were answered are known");
    let again = twin.claim(13).await;
    assert!(again.iter().zip(&stale).all(|(again, stale)| again.fence > stale.fence), "no fence is given out twice");
}
