//! The power is cut at every moment at which the ledger waits for the disk. What no sync had covered is gone, or half of it is: every
//! message that was acknowledged is still there, and the worker that starts afterwards answers each customer once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints what it measured"
)]

mod disk;
mod script;

use disk::{Disk, Done};
use runtime::ports::records::Records;
use script::{House, MESSAGES, Phone};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tests::shared;
use triage::random::Random;

const FOLDER: &str = "POWER_CUT_FOLDER";
const RECORD: &str = "POWER_CUT_RECORD";
/// Decides what else a disk has kept.
const SEED: u64 = 11;

#[tokio::test]
async fn a_power_cut_at_any_sync_loses_nothing_and_doubles_nothing() {
    let name = "a_power_cut_at_any_sync_loses_nothing_and_doubles_nothing";
    if let Some(folder) = std::env::var_os(FOLDER) {
        return script::play(Path::new(&folder)).await; // this is the process whose power is cut
    }
    let here = tempfile::tempdir().unwrap();
    let Some(recorder) = recorder(here.path()) else { return shared::left_out(name, "no C compiler") };
    let (folder, record) = (here.path().join("ledger"), here.path().join("record"));
    std::fs::create_dir(&folder).unwrap();
    let script = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--quiet"])
        .env("LD_PRELOAD", recorder)
        .env(FOLDER, &folder)
        .env(RECORD, &record)
        .output()
        .unwrap();
    assert!(script.status.success(), "{}", String::from_utf8_lossy(&script.stdout));
    let (cuts, kept) = cut_everywhere(&disk::read(&record)).await;
    println!("{cuts} power cuts in a script of {MESSAGES} messages, {kept} of them with half of the unsynced writes kept (seed {SEED})");
    assert!(cuts > 100, "only {cuts} syncs were seen");
}

fn recorder(folder: &Path) -> Option<PathBuf> {
    let library = folder.join("recorder.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power_cut/recorder.c");
    let compiled = Command::new("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    compiled.is_ok_and(|status| status.success()).then_some(library)
}

/// What was said until the cut.
#[derive(Default)]
struct Said {
    safe: usize,
    received: Vec<(String, String)>,
}

async fn cut_everywhere(record: &[Done]) -> (usize, usize) {
    let (mut disk, mut said, mut random) = (Disk::default(), Said::default(), Random::seeded(SEED));
    let (mut cuts, mut kept) = (0, 0);
    for done in record {
        if let Done::Synced { .. } = done {
            // Right before the sync has done anything, and with a part of what it would have brought.
            after_the_cut(&disk, &said, || false, cuts).await;
            cuts += 1;
            if cuts % 3 == 0 {
                after_the_cut(&disk, &said, || random.below(2) == 0, cuts).await;
                kept += 1;
            }
        }
        if let Done::Said { line } = done {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["safe", count] => said.safe = count.parse().unwrap(),
                ["received", key, to] => said.received.push(((*key).to_owned(), (*to).to_owned())),
                _ => panic!("the script said {line:?}"),
            }
        }
        disk.goes_on(done);
    }
    after_the_cut(&disk, &said, || false, cuts).await;
    (cuts + 1, kept)
}

/// A worker starts on what the disk has, and the vendor tells again of what was not acknowledged.
async fn after_the_cut(disk: &Disk, said: &Said, keeps: impl FnMut() -> bool, cut: usize) {
    let folder = memory_folder();
    disk.cut(folder.path(), keeps);
    let phone = Arc::new(Phone { received: Mutex::new(said.received.clone()), words: None });
    let house = House::over(&folder.path().join("ledger.db"), phone.clone());
    let found = usize::try_from(house.ledger.status().await.unwrap().received).unwrap();
    assert!(found >= said.safe, "cut {cut}: {} messages were acknowledged, {found} are there", said.safe);
    house.worker.recover().await.unwrap();
    house.receive(0..MESSAGES).await;
    house.settle().await;
    let mut customers: BTreeMap<String, usize> = BTreeMap::new();
    for (_, to) in phone.received.lock().unwrap().iter() {
        *customers.entry(to.clone()).or_default() += 1;
    }
    assert_eq!(customers.len(), MESSAGES, "cut {cut}: somebody was not answered");
    assert!(customers.values().all(|times| *times == 1), "cut {cut}: somebody was answered twice");
}

/// A folder in memory where there is one: only the script needs a disk.
fn memory_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
