//! The ledger's contract over all twins, and the law that they answer alike.

#![allow(clippy::unwrap_used)] // helpers of tests

use adapters::ledger::memory::MemoryLedger;
use adapters::ledger::sqlite::SqliteLedger;
use runtime::ports::ledger::Ledger;
use runtime::ports::records::Records;
use std::sync::Arc;
use tempfile::TempDir;
use tests::contracts::ledger::law::both_answer_alike;
use tests::contracts::ledger::twin::Twin;
use tests::postgres;

type Made = (Arc<dyn Ledger>, Arc<dyn Records>);

fn in_memory() -> Made {
    let ledger = Arc::new(MemoryLedger::default());
    (ledger.clone(), ledger)
}

/// A new ledger file in the folder.
fn embedded(folder: &TempDir) -> Made {
    let count = std::fs::read_dir(folder.path()).unwrap().count();
    let ledger = Arc::new(SqliteLedger::open_worker(&folder.path().join(format!("{count}.db"))).unwrap());
    (ledger.clone(), ledger)
}

#[tokio::test]
async fn the_in_memory_ledger_keeps_its_promises() {
    tests::contracts::ledger::all(async || in_memory()).await;
}

#[tokio::test]
async fn the_embedded_ledger_keeps_its_promises() {
    let folder = tempfile::tempdir().unwrap();
    tests::contracts::ledger::all(async || embedded(&folder)).await;
}

#[tokio::test]
async fn the_twins_answer_alike_whatever_they_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=10 {
        both_answer_alike(Twin::of(in_memory()), Twin::of(embedded(&folder)), seed, 1_000).await;
    }
}

/// A new schema on the server.
async fn shared(url: &str) -> Made {
    let ledger = Arc::new(postgres::worker(&postgres::settings(), url, "one").await);
    (ledger.clone(), ledger)
}

#[tokio::test]
async fn the_shared_ledger_keeps_its_promises() {
    let Some(url) = postgres::url("the_shared_ledger_keeps_its_promises") else { return };
    tests::contracts::ledger::all(async || shared(&url).await).await;
}

#[tokio::test]
async fn the_shared_twin_answers_alike_whatever_it_is_told() {
    let Some(url) = postgres::url("the_shared_twin_answers_alike_whatever_it_is_told") else { return };
    for seed in 1..=4 {
        both_answer_alike(Twin::of(in_memory()), Twin::of(shared(&url).await), seed, 500).await;
    }
}

#[tokio::test]
async fn many_workers_on_one_ledger_keep_out_of_one_anothers_way() {
    tests::contracts::ledger::many::all(async || in_memory()).await;
    let folder = tempfile::tempdir().unwrap();
    tests::contracts::ledger::many::all(async || embedded(&folder)).await;
    let Some(url) = postgres::url("many_workers_on_one_ledger_keep_out_of_one_anothers_way") else { return };
    tests::contracts::ledger::many::all(async || shared(&url).await).await;
}
