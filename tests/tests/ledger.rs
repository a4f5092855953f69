//! The ledger's contract over both twins, and the law that they answer alike.

#![allow(clippy::unwrap_used)] // helpers of tests

use adapters::ledger::memory::MemoryLedger;
use adapters::ledger::sqlite::SqliteLedger;
use runtime::ports::ledger::Ledger;
use runtime::ports::records::Records;
use std::sync::Arc;
use tempfile::TempDir;
use tests::contracts::ledger::law::both_answer_alike;
use tests::contracts::ledger::twin::Twin;

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
