//! What only the embedded ledger promises: it is a file.

#![allow(clippy::unwrap_used)] // helpers of tests

use adapters::ledger::sqlite::SqliteLedger;
use runtime::effect::{DecisionId, Effect, EffectOutcome};
use runtime::ports::ledger::{Ledger, LedgerError, Received, WorkerId, Written};
use runtime::ports::records::Records;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;
use tests::contracts::ledger::twin::{TERMS, Twin, asks, at, message, reply, reply_and_tag, worker};
use triage::classification::Priority;
use triage::ticket::Author;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    (folder, path)
}

fn twin(path: &Path) -> Twin {
    let ledger = Arc::new(SqliteLedger::open_worker(path).unwrap());
    Twin::of((ledger.clone(), ledger))
}

fn problem(result: Result<SqliteLedger, LedgerError>) -> String {
    result.err().unwrap().to_string()
}

/// Holds the writer back, as a desk does that is writing.
fn hold(path: &Path) -> File {
    let desk = File::options().write(true).open(path.with_extension("db.desk")).unwrap();
    desk.lock().unwrap();
    desk
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let (_folder, path) = folder();
    let before = twin(&path);
    before.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    let send = before.begin_one(11).await;
    before.receive(asks("m2", "b"), 12).await;
    before.records.set_paused(true, at(13)).await.unwrap();
    let (status, ticket, decision) = (before.status().await, before.ticket("a").await, before.records.decision("a").await.unwrap());
    drop(before);
    let after = twin(&path);
    assert_eq!((after.status().await, after.ticket("a").await, after.records.decision("a").await.unwrap()), (status, ticket, decision));
    after.settle(&send, EffectOutcome::Done { vendor_id: "SM1".to_owned() }, 14).await;
    assert_eq!(after.effects("done").await, 1);
}

#[tokio::test]
async fn what_was_answered_survives_a_crash_at_that_moment() {
    let (folder, path) = folder();
    let running = twin(&path);
    for n in 0..20 {
        running.receive(asks(&format!("m{n}"), "a"), n).await;
    }
    let image = folder.path().join("image.db");
    std::fs::copy(&path, &image).unwrap();
    std::fs::copy(path.with_extension("db-wal"), image.with_extension("db-wal")).unwrap();
    let recovered = twin(&image);
    assert_eq!(recovered.status().await.received, 20);
    assert_eq!(recovered.receive(asks("m19", "a"), 30).await, Received::Duplicate);
}

#[tokio::test]
async fn whatever_waits_is_committed_together() {
    let (_folder, path) = folder();
    let ledger = Arc::new(SqliteLedger::open_worker(&path).unwrap());
    let desk = hold(&path);
    let callers: Vec<_> = (0..200).map(|n| spawn_receive(&ledger, n)).collect();
    let_them_ask().await;
    drop(desk);
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), [Received::New]);
    }
    assert!(ledger.commits() <= 4, "{} commits for 200 durable answers", ledger.commits());
    assert_eq!(ledger.status().await.unwrap().received, 200);
}

/// Lets every task run until it waits for the writer: they all run on this thread.
async fn let_them_ask() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

fn spawn_receive(ledger: &Arc<SqliteLedger>, n: usize) -> tokio::task::JoinHandle<Result<Vec<Received>, LedgerError>> {
    let ledger = Arc::clone(ledger);
    tokio::spawn(async move { ledger.receive(&[asks(&format!("m{n}"), &format!("c{n}"))], at(0)).await })
}

#[tokio::test]
async fn a_command_that_fails_does_not_spoil_the_others_of_its_batch() {
    let (_folder, path) = folder();
    let elsewhere = folder();
    let foreign = twin(&elsewhere.1);
    foreign.receive(asks("m1", "nowhere"), 0).await;
    let claim = foreign.claim_one(10).await;
    let ledger = Arc::new(SqliteLedger::open_worker(&path).unwrap());
    let desk = hold(&path);
    let callers: Vec<_> = (0..5).map(|n| spawn_receive(&ledger, n)).collect();
    let postponed = {
        let ledger = Arc::clone(&ledger);
        tokio::spawn(async move { ledger.postpone(&claim, "busy", at(20)).await })
    };
    let_them_ask().await;
    drop(desk);
    let error = postponed.await.unwrap().unwrap_err();
    assert!(!error.is_transient && error.problem.contains("not in the ledger"), "{error}");
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), [Received::New]);
    }
    assert_eq!(ledger.status().await.unwrap().received, 5);
}

#[tokio::test]
async fn a_command_that_fails_half_way_takes_all_of_itself_back() {
    let (_folder, path) = folder();
    let ledger = Arc::new(SqliteLedger::open_worker(&path).unwrap());
    let twin = Twin::of((ledger.clone(), ledger.clone()));
    twin.receive(asks("m1", "a"), 0).await;
    let claim = twin.claim_one(10).await;
    let taken = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
    let escalation = Effect::Escalate { team: None, priority: Priority::High, note: String::new() };
    ledger.bury(&claim, "poison", &escalation, at(11)).await.unwrap();
    twin.receive(asks("m2", "a"), 12).await;
    let claim = twin.claim_one(22).await;
    let before = twin.status().await;
    let error = ledger.decided(&claim, &taken, &reply(&["yes"]), std::slice::from_ref(&escalation), at(23)).await.unwrap_err();
    assert!(!error.is_transient, "the key of its effect is taken");
    assert_eq!(twin.status().await, before);
    assert_eq!(twin.decide(&claim, &reply(&["yes"]), 24).await, Written::Yes);
}

#[tokio::test]
async fn a_full_disk_is_told_as_passing_and_nothing_is_lost() {
    let (_folder, path) = folder();
    let ledger = SqliteLedger::open_worker(&path).unwrap();
    ledger.receive(&[asks("m0", "a")], at(0)).await.unwrap();
    ledger.limit_pages(1).await.unwrap();
    let long = "x".repeat(16_000);
    let mut taken = 1;
    let error = loop {
        let message = message(&format!("m{taken}"), "a", Author::Customer, &long);
        match ledger.receive(&[message], at(taken)).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 1_000, "the limit holds");
    };
    assert!(error.is_transient && error.problem.contains("disk is full"), "{error}");
    assert!(!error.problem.contains("xxx"));
    assert_eq!(i64::try_from(ledger.status().await.unwrap().received).unwrap(), taken);
    ledger.limit_pages(1_000_000).await.unwrap();
    let again = message(&format!("m{taken}"), "a", Author::Customer, &long);
    assert_eq!(ledger.receive(&[again], at(taken)).await.unwrap(), [Received::New]);
}

#[tokio::test]
async fn a_second_worker_is_refused_until_the_first_has_gone() {
    let (_folder, path) = folder();
    let first = SqliteLedger::open_worker(&path).unwrap();
    assert!(problem(SqliteLedger::open_worker(&path)).contains("another worker"));
    drop(first);
    assert!(SqliteLedger::open_worker(&path).is_ok());
}

#[tokio::test]
async fn a_desk_reads_and_writes_beside_the_worker() {
    let (_folder, path) = folder();
    assert!(problem(SqliteLedger::open_desk(&path)).contains("there is no ledger"));
    let running = twin(&path);
    running.receive(asks("m1", "a"), 0).await;
    let desk = SqliteLedger::open_desk(&path).unwrap();
    assert_eq!(desk.status().await.unwrap().received, 1);
    desk.set_paused(true, at(1)).await.unwrap();
    assert!(running.claim(20).await.is_empty());
    desk.set_paused(false, at(21)).await.unwrap();
    assert_eq!(running.claim(22).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_gets_a_word_in_while_the_worker_writes_without_a_pause() {
    let (_folder, path) = folder();
    let ledger = Arc::new(SqliteLedger::open_worker(&path).unwrap());
    let is_over = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4_u32)
        .map(|writer| {
            let (ledger, is_over) = (Arc::clone(&ledger), Arc::clone(&is_over));
            tokio::spawn(async move {
                let mut count = 0;
                while !is_over.load(Ordering::Relaxed) {
                    ledger.receive(&[asks(&format!("w{writer}-{count}"), "a")], at(0)).await.unwrap();
                    count += 1;
                }
                count
            })
        })
        .collect();
    let desk = SqliteLedger::open_desk(&path).unwrap();
    for turn in 0..10 {
        desk.set_paused(turn % 2 == 0, at(turn)).await.unwrap();
    }
    is_over.store(true, Ordering::Relaxed);
    let mut taken = 0;
    for writer in writers {
        taken += writer.await.unwrap();
    }
    assert_eq!(ledger.status().await.unwrap().received, taken);
}

#[tokio::test]
async fn a_file_that_is_no_ledger_is_refused_with_a_hint() {
    let (folder, path) = folder();
    std::fs::write(&path, "this is not a database, although it is long enough to be looked at as one: ".repeat(20)).unwrap();
    assert!(problem(SqliteLedger::open_worker(&path)).contains("no ledger"));
    let below_a_file = path.join("ledger.db");
    assert!(problem(SqliteLedger::open_worker(&below_a_file)).contains("choose a folder"));
    let a_folder = folder.path().join("folder.db");
    std::fs::create_dir(&a_folder).unwrap();
    assert!(problem(SqliteLedger::open_worker(&a_folder)).contains("cannot be written"));
}

/// SQLite keeps `user_version` in bytes 60 to 63 and `application_id` in bytes 68 to 71 of the file, big-endian
/// (https://www.sqlite.org/fileformat.html, section 1.3).
#[tokio::test]
async fn the_ledger_of_a_newer_program_or_of_another_one_is_refused() {
    let (_folder, path) = folder();
    drop(SqliteLedger::open_worker(&path).unwrap());
    let whole = std::fs::read(&path).unwrap();
    for (place, hint) in [(60, "newer program"), (68, "another program")] {
        let mut changed = whole.clone();
        changed[place..place + 4].copy_from_slice(&99_u32.to_be_bytes());
        std::fs::write(&path, changed).unwrap();
        assert!(problem(SqliteLedger::open_worker(&path)).contains(hint));
        assert!(problem(SqliteLedger::open_desk(&path)).contains(hint));
    }
    std::fs::write(&path, whole).unwrap();
    assert!(SqliteLedger::open_worker(&path).is_ok());
}

#[tokio::test]
async fn outcomes_tell_the_story_without_the_words() {
    let (_folder, path) = folder();
    let ledger = Arc::new(SqliteLedger::open_worker(&path).unwrap());
    let twin = Twin::of((ledger.clone(), ledger.clone()));
    twin.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 12).await;
    twin.receive(asks("m2", "a"), 13).await;
    twin.receive(tests::contracts::ledger::twin::agent("m3", "a"), 14).await;
    let outcomes = ledger.outcomes(0, 100).await.unwrap();
    let words: Vec<&str> = outcomes.iter().map(|outcome| outcome.what.as_str()).collect();
    assert_eq!(words, ["decided", "sent", "customer_wrote_again", "agent_replied"]);
    assert!(outcomes.iter().all(|outcome| outcome.decision.as_deref() == Some(send.decision.0.as_str())));
    assert!(outcomes.iter().all(|outcome| !outcome.detail.to_string().contains("on its way")));
    assert_eq!(ledger.outcomes(outcomes[2].seq, 100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_caller_who_went_away_leaves_no_claim_behind() {
    let (_folder, path) = folder();
    let ledger = Arc::new(SqliteLedger::open_worker(&path).unwrap());
    ledger.receive(&[asks("m1", "a")], at(0)).await.unwrap();
    let desk = hold(&path);
    let blocker = spawn_receive(&ledger, 7);
    let_them_ask().await;
    let gone = {
        let ledger = Arc::clone(&ledger);
        tokio::spawn(async move { ledger.claim_due(&WorkerId("gone".to_owned()), at(10), TERMS).await })
    };
    let_them_ask().await;
    gone.abort();
    assert!(gone.await.is_err());
    drop(desk);
    blocker.await.unwrap().unwrap();
    assert_eq!(ledger.claim_due(&worker("one"), at(10), TERMS).await.unwrap().len(), 2);
}
