//! What the benchmarks measure with: CPU time and memory of this process as the kernel counts them.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout)] // each program uses some of it

pub(crate) mod bare;
pub(crate) mod disk;
pub(crate) mod peers;
pub(crate) mod server;
pub(crate) mod shop;

use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

/// Kernel ticks of one second (`USER_HZ`, 100 on every Linux).
const TICKS_PER_S: f64 = 100.0;

/// User and system time of this process so far, in seconds.
pub(crate) fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS_PER_S
}

/// Resident memory of this process, in MB.
pub(crate) fn rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Wall and CPU time of something.
pub(crate) struct Timer {
    wall: Instant,
    cpu: f64,
}

impl Timer {
    /// Starts.
    pub(crate) fn start() -> Self {
        Timer { wall: Instant::now(), cpu: cpu_s() }
    }

    /// Wall seconds since the start.
    pub(crate) fn wall_s(&self) -> f64 {
        self.wall.elapsed().as_secs_f64()
    }

    /// CPU seconds since the start.
    pub(crate) fn cpu_s(&self) -> f64 {
        cpu_s() - self.cpu
    }
}

/// A small generator with a fixed seed: the same texts in every run.
pub(crate) struct Lcg(pub(crate) u64);

impl Lcg {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    /// Words of the demo shop's tickets, the first ones most often: real words, so that language and meaning have something to
    /// hold on to.
    pub(crate) fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count)
            .map(|_| {
                let (a, b) = (self.below(WORDS.len()), self.below(WORDS.len()));
                WORDS[a.min(b)].as_str()
            })
            .collect();
        words.join(" ")
    }
}

/// What customers and agents of the demo shop write, word by word, each once.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tickets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../worker/cli/demo/tickets.jsonl");
    let mut words = Vec::new();
    for ticket in std::fs::read_to_string(tickets).unwrap().lines() {
        let ticket: serde_json::Value = serde_json::from_str(ticket).unwrap();
        let said = ticket["messages"].as_array().unwrap().iter().filter_map(|message| message["text"].as_str());
        let english = ticket["lang"] == "en";
        for word in said.filter(|_| english).flat_map(|text| text.split(|c: char| !c.is_ascii_alphabetic())) {
            if word.len() > 1 && !words.contains(&word.to_lowercase()) {
                words.push(word.to_lowercase());
            }
        }
    }
    words
});

/// The folder of build products that this program stands in.
pub(crate) fn target() -> std::path::PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file() || folder.ends_with("target"));
    target.map_or_else(std::env::temp_dir, std::path::Path::to_owned)
}
