//! Five hundred hostile files of past tickets a format, read where they stand: the good tickets before the damage are all
//! taken in, nothing panics, and no row takes more memory than its limit.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use adapters::clock::cpu::process_seconds;
use adapters::loader::combined::CombinedLoader;
use adapters::loader::tickets_csv::ROW_BYTES_MAX;
use knowledge::ports::loader::{Item, Loader};
use knowledge::source::{Source, SourceId, SourceKind};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;

const FILES: usize = 500;
const SEED: u64 = 20_260_301;
const GOOD_JSON: &str = r#"{"ticket_id":"T-1","created_at":"2026-01-02T10:00:00Z","intents":["hours"],"tags":["a"],"messages":[{"role":"customer","at":"2026-01-02T10:00:00Z","text":"When do you open?"},{"role":"agent","at":"2026-01-02T10:05:00Z","text":"At \u006eine."}],"resolution":{"status":"resolved"}}"#;
const GOOD_CSV: &str = "T-1,\"When, if ever, do you open?\",At nine.,2026-01-02T10:00:00Z\n";
const HEADER: &str = "id,text,answer,at\n";

/// What reading one file may take at most.
const MEMORY_BYTES_MAX: u64 = 256 << 20;
const CPU_SECONDS_MAX: f64 = 10.0;

/// Memory is measured for the whole process: one file at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// The most that a file took.
#[derive(Default)]
struct Worst {
    memory_bytes: u64,
    cpu_seconds: f64,
}

impl Worst {
    /// Does it, and notes the peak of memory and the processor time. Without `/proc` there is no figure of memory.
    fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _alone = ALONE.lock().unwrap();
        let _refused = std::fs::write("/proc/self/clear_refs", "5");
        let before = process_seconds();
        let done = work();
        self.cpu_seconds = self.cpu_seconds.max(process_seconds() - before);
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        self.memory_bytes = self.memory_bytes.max(peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024);
        done
    }

    fn tell(&self, ending: &str) {
        let mebibytes = self.memory_bytes as f64 / f64::from(1 << 20);
        println!("{ending}: the dearest of {FILES} files took {mebibytes:.0} MiB and {:.2} s of processor time", self.cpu_seconds);
        assert!(self.memory_bytes <= MEMORY_BYTES_MAX && self.cpu_seconds <= CPU_SECONDS_MAX, "the limits hold");
    }
}

/// A linear congruential generator: the same seed, the same files.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn damage(good: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = good.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes.truncate(at + 1),
            2 => drop(bytes.splice(at..at, b"\"".repeat(1 + random.below(3)))),
            3 => drop(bytes.splice(at..at, [0, 0xFF, 0xC3])),
            4 => {
                let chunk = bytes[at..].repeat(1 + random.below(50));
                bytes.splice(at..at, chunk);
            }
            _ => drop(bytes.splice(at..at, b"\n".repeat(random.below(5)))),
        }
    }
    bytes
}

fn source(path: &Path) -> Source {
    let columns = [("ticket_id", "id"), ("text", "text"), ("answer", "answer"), ("at", "at")];
    let columns: BTreeMap<String, String> = columns.iter().map(|(field, column)| ((*field).to_owned(), (*column).to_owned())).collect();
    let columns = if path.extension().unwrap() == "csv" { columns } else { BTreeMap::new() };
    Source {
        id: SourceId("past".to_owned()),
        kind: SourceKind::Tickets { columns },
        location: path.to_str().unwrap().to_owned(),
        language: None,
        valid_from: None,
    }
}

/// The ids that were taken in, and how many refusals there were.
fn read(path: &Path) -> (Vec<String>, usize) {
    let (mut ids, mut refused) = (Vec::new(), 0);
    for item in CombinedLoader::default().items(&source(path)).unwrap() {
        match item {
            Item::Ticket(past) => ids.push(past.ticket.id.0),
            Item::Refused(one) => {
                assert!(one.reason.len() > 5 && one.name.starts_with("line "), "{}: {}", one.name, one.reason);
                refused += 1;
            }
            Item::Document(_) => {}
        }
    }
    (ids, refused)
}

#[test]
fn hostile_lines_of_json_are_refused_one_by_one() {
    let attacks: Vec<Vec<u8>> = vec![
        b"[".repeat(1 << 20),
        b"{\"a\":".repeat(1 << 18),
        b"\"".repeat(5 << 20),
        b"x".repeat(10 << 20),
        b"\n".repeat(1 << 20),
        b"x\n".repeat(200_000),
        vec![0; 1 << 20],
        vec![0xFF; 1 << 20],
        format!("{{\"ticket_id\":\"b\",\"messages\":[{}]}}", "{},".repeat(100_000)).into_bytes(),
        format!("{{\"ticket_id\":{}}}", "9".repeat(1 << 20)).into_bytes(),
        b"{\"ticket_id\":\"b\",\"created_at\":1e308,\"messages\":[{\"role\":\"customer\",\"text\":\"\\ud800\"}]}".to_vec(),
    ];
    println!("seed {SEED}");
    let (folder, mut random, mut worst) = (TempDir::new().unwrap(), Random(SEED), Worst::default());
    let damaged = std::iter::repeat_with(|| damage(GOOD_JSON, &mut random));
    for (number, bytes) in attacks.into_iter().chain(damaged).take(FILES).enumerate() {
        let good = |id: &str| GOOD_JSON.replace("T-1", id).into_bytes();
        let path = folder.path().join("t.jsonl");
        std::fs::write(&path, [good("first"), bytes, good("last")].join(&b'\n')).unwrap();
        let (ids, _) = worst.of(|| read(&path));
        assert!(ids.contains(&"first".to_owned()) && ids.contains(&"last".to_owned()), "file {number}: {ids:?}");
    }
    worst.tell("jsonl");
}

#[test]
fn hostile_tables_of_tickets_lose_at_most_what_follows_an_open_quotation_mark() {
    let attacks: Vec<Vec<u8>> = vec![
        format!("b,\"{}", "a".repeat(3 * usize::try_from(ROW_BYTES_MAX).unwrap())).into_bytes(),
        b",".repeat(2 << 20),
        b"\"".repeat(1 << 20),
        b"\n".repeat(1 << 20),
        b"a,b,c,d\n".repeat(100_000),
        vec![0; 1 << 20],
        vec![0xFF; 1 << 20],
    ];
    println!("seed {SEED}");
    let (folder, mut random, mut worst) = (TempDir::new().unwrap(), Random(SEED), Worst::default());
    let damaged = std::iter::repeat_with(|| damage(GOOD_CSV, &mut random));
    for (number, bytes) in attacks.into_iter().chain(damaged).take(FILES).enumerate() {
        let path = folder.path().join("t.csv");
        let good = |id: &str| GOOD_CSV.replace("T-1", id).into_bytes();
        std::fs::write(&path, [HEADER.as_bytes(), &good("first"), &bytes, b"\n", &good("last")].concat()).unwrap();
        let (ids, refused) = worst.of(|| read(&path));
        assert_eq!(ids[0], "first", "file {number}");
        let is_open = bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        assert!(ids.contains(&"last".to_owned()) || is_open || refused > 0, "file {number} swallowed what follows");
    }
    worst.tell("csv of tickets");
}

#[test]
fn a_header_that_never_ends_is_an_error_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.csv");
    for header in [",".repeat(5 << 20), "a,".repeat(1 << 20), format!("\"{}", "a".repeat(9 << 20))] {
        std::fs::write(&path, header).unwrap();
        let error = CombinedLoader::default().items(&source(&path)).err().unwrap().to_string();
        assert!(error.contains("column") && error.len() < 4_000, "{}", error.len());
    }
}
