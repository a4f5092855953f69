//! The embedded ledger as a durable queue, beside huey with fsync on, on the disk as it is and on a disk that is made slow.
//! `cargo bench -p tests --bench queue` prints the tables. Every figure of a table comes from one run, minutes apart at most.
//!
//! A job is an intake, a claim and a decision that was made beforehand: what huey does for an empty task. The whole decision
//! with its receipt stands beside it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod case;
#[path = "../measure/mod.rs"]
mod measure;

use case::{Case, Figures};
use measure::disk::{compiled, fdatasync_rate};
use measure::peers;
use std::path::Path;
use std::process::Command;

/// Seconds a case runs.
pub(crate) const CASE_S: f64 = 5.0;
/// Rows of the deep queue.
const DEPTH: usize = 1_000_000;
/// What the slow disk needs for a sync, in microseconds: the median of a busy virtual disk.
const SLOW_SYNC_US: u64 = 4_000;
/// The environment variable that `slow_disk.c` reads.
const SLOW_SYNC: &str = "SLOW_DISK_US";

fn main() {
    match std::env::args().find_map(|argument| argument.strip_prefix("--disk=").map(str::to_owned)) {
        Some(disk) => on_this_disk(&disk),
        None => {
            again_with(None);
            again_with(Some(SLOW_SYNC_US));
        }
    }
}

/// Runs this program again, with slow syncs or without.
fn again_with(sync_us: Option<u64>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    match sync_us {
        None => command.arg("--disk=as it is"),
        Some(us) => {
            let Some(shim) = compiled("slow_disk.c") else {
                println!("left out: slow disk (no C compiler)");
                return;
            };
            command.arg(format!("--disk=slowed to {us} us a sync")).env("LD_PRELOAD", shim).env(SLOW_SYNC, us.to_string())
        }
    };
    assert!(command.status().unwrap().success());
}

fn on_this_disk(disk: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let before = fdatasync_rate(folder.path());
    println!("\ndisk {disk}: {before:.0} fdatasync/s (4 KiB overwrite)");
    println!("{:44} {:>8} {:>9} {:>9} {:>7} {:>10}", "", "jobs/s", "us CPU", "commits/s", "syncs/s", "oldest p99");
    let run = |case: Case| {
        let figures = runtime.block_on(case.run(&folder.path().join("ledger.db")));
        row(&case.name, &figures);
        figures
    };
    let job = Case { name: "a job, 64 clients".to_owned(), clients: 64, ..Case::default() };
    let empty = run(job.clone());
    run(Case { name: "a job, 256 clients".to_owned(), clients: 256, ..job.clone() });
    run(Case { name: "a job, 64 clients, each step on the disk".to_owned(), every_step_durable: true, ..job.clone() });
    run(Case { name: "a job, 256 clients, each step on the disk".to_owned(), every_step_durable: true, clients: 256, ..job.clone() });
    run(Case { name: "a whole decision with its receipt, 64 clients".to_owned(), decides: true, ..job.clone() });
    let deep = run(Case { name: format!("a job, 64 clients, {DEPTH} waiting"), depth: DEPTH, ..job });
    beside_huey(folder.path(), &empty);
    let after = fdatasync_rate(folder.path());
    let syncs = empty.syncs_s / ((before + after) / 2.0) * 100.0;
    println!("depth: {:.0} % of the empty rate; syncs: {syncs:.0} % of fdatasync ({after:.0}/s after)", deep.jobs_s / empty.jobs_s * 100.0);
}

fn row(name: &str, figures: &Figures) {
    let Figures { jobs_s, cpu_us, commits_s, syncs_s, age_p99_ms } = figures;
    println!("{name:44} {jobs_s:8.0} {cpu_us:9.0} {commits_s:9.0} {syncs_s:7.0} {age_p99_ms:7.0} ms");
}

fn beside_huey(folder: &Path, ours: &Figures) {
    let Some(python) = peers::python("queue", &["huey==3.5.4"]) else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/huey_queue.py");
    let Some(huey) = peers::figures(Command::new(python).arg(script).arg(folder).arg(CASE_S.to_string())) else { return };
    let (jobs_s, cpu_us) = (huey["jobs_s"].as_f64().unwrap(), huey["cpu_us"].as_f64().unwrap());
    println!("{:44} {jobs_s:8.0} {cpu_us:9.0}", "huey 3.5.4, fsync on, an empty task");
    println!("ratio to huey: {:.1} times the jobs, {:.1} times less CPU", ours.jobs_s / jobs_s, cpu_us / ours.cpu_us);
}
