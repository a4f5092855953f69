//! What reading a file costs: every file once more through the process that reads documents, its peak memory and processor time
//! read off after each.

use adapters::parser::limits::DocumentLimits;
use adapters::parser::wire;
use cli::commands::parse_document::arguments;
use knowledge::document::{DocumentKey, MediaType, RawDocument};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Ticks of processor time a second, as Linux reports them to programs (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// The most that a file of one format took.
#[derive(Default)]
pub(crate) struct Worst {
    pub(crate) memory_bytes: u64,
    pub(crate) cpu_seconds: f64,
    /// Files whose reader died; the limits on it held.
    pub(crate) deaths: usize,
}

struct Reader {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Reader {
    fn start(limits: &DocumentLimits) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whimbrel"));
        command.args(arguments(limits)).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut reader = Reader { process, input, output };
        assert!(reader.line(), "the reader gets ready");
        reader
    }

    /// Waits for a line; false when there is none any more.
    fn line(&mut self) -> bool {
        let mut line = Vec::new();
        self.output.read_until(b'\n', &mut line).is_ok_and(|_| line.ends_with(b"\n"))
    }

    fn read(&mut self, raw: &RawDocument) -> bool {
        let head = wire::head(raw).unwrap();
        let is_sent = self.input.write_all(&head).and_then(|()| self.input.write_all(&raw.bytes)).and_then(|()| self.input.flush());
        is_sent.is_ok() && self.line()
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.process.id())).unwrap_or_default()
    }

    /// Peak of resident memory since it was last forgotten.
    fn peak_bytes(&self) -> u64 {
        let status = self.file("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
    }

    fn forget_peak(&self) {
        // Where the kernel refuses, the peak of an earlier file counts for this one too: too much, never too little.
        let _refused = std::fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5");
    }

    fn cpu_seconds(&self) -> f64 {
        let stat = self.file("stat");
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let ticks: f64 = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        ticks / TICKS_PER_SECOND
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

/// Reads every file and says what the dearest took. Where there is no `/proc`, nothing is measured.
pub(crate) fn worst<'a>(media_type: MediaType, files: impl Iterator<Item = &'a Vec<u8>>) -> Worst {
    let limits = DocumentLimits::default();
    let mut worst = Worst::default();
    let mut reader = Reader::start(&limits);
    for bytes in files.filter(|bytes| bytes.len() as u64 <= limits.file_bytes_max) {
        let raw = RawDocument { key: DocumentKey("hostile".to_owned()), media_type, bytes: bytes.clone() };
        reader.forget_peak();
        let before = reader.cpu_seconds();
        if reader.read(&raw) {
            worst.memory_bytes = worst.memory_bytes.max(reader.peak_bytes());
            worst.cpu_seconds = worst.cpu_seconds.max(reader.cpu_seconds() - before);
        } else {
            worst.deaths += 1;
            reader = Reader::start(&limits);
        }
    }
    worst
}
