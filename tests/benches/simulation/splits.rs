//! Whether the bound on wrong replies holds: on random re-splits of real would-be replies.
//!
//! Each time the would-be replies are dealt into three equal heaps. The dial is chosen on the first; on the second it is seen how many
//! replies at that dial are wrong; from that a bound is made for the third, which nobody has looked at; and the third is counted.

use crate::simulate;
use simulations::line::Line;
use simulations::scorers::reply::Verdict;
use simulations::statistics::binomial::{CONFIDENCE, next_at_most};
use simulations::statistics::dial::{Judged, at, choose};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use triage::random::Random;

/// Re-splits.
const SPLITS: u64 = 100;
/// Promises that are tried, in wrong per 100.
const PROMISES: [f64; 4] = [2.0, 10.0, 20.0, 40.0];

/// Replays the STAR dialogues and tries the bound.
pub(crate) fn star(tokio: &tokio::runtime::Runtime, folder: &Path) {
    let shared =
        std::env::var_os("WHIMBREL_SHARED").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let tickets = shared.join("data/tickets/star.jsonl.gz");
    if !tickets.exists() {
        println!("left out: random re-splits (no data/tickets/star.jsonl.gz in ../shared)");
        return;
    }
    let out = folder.join("star");
    let words = [tickets.to_string_lossy().into_owned(), "--out".to_owned(), out.to_string_lossy().into_owned()];
    simulate(tokio, folder, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let lines = std::fs::read_to_string(out.join("tickets.jsonl")).unwrap();
    let judged: Vec<(String, Judged)> = lines
        .lines()
        .filter_map(|line| {
            let line: Line = serde_json::from_str(line).unwrap();
            let scores = line.scores.as_ref().filter(|_| line.counts())?;
            let is_wrong = scores.verdict().and_then(Verdict::is_wrong)?;
            let decision = line.decision.as_ref()?;
            let wrong_per_100 = decision.receipt.judgement.as_ref()?.wrong_per_100;
            let intent = decision.intent.as_ref().map(ToString::to_string).unwrap_or_default();
            Some((intent, Judged { wrong_per_100, is_wrong }))
        })
        .collect();
    let wrong = judged.iter().filter(|(_, one)| one.is_wrong).count();
    println!("STAR: {} would-be replies that can be judged, {wrong} of them wrong", judged.len());
    for promise in PROMISES {
        let (mut held, mut chosen, mut all_held, mut intents) = (0, 0, 0, 0);
        for seed in 0..SPLITS {
            let [first, second, last] = dealt(&judged, seed);
            let choice = choose(&all(&first), promise / 100.0);
            chosen += u64::from(choice.is_some());
            held += u64::from(holds(&all(&second), &all(&last), choice.unwrap_or(promise), CONFIDENCE));
            let names: BTreeSet<&str> = first.iter().map(|(intent, _)| intent.as_str()).collect();
            // The promises that are tried together, at the share of the error that each of them may take.
            let each = 1.0 - (1.0 - CONFIDENCE) / names.len().max(1) as f64;
            intents = names.len();
            let of = |heap: &[(String, Judged)], name: &str| -> Vec<Judged> {
                heap.iter().filter(|(intent, _)| intent == name).map(|(_, one)| *one).collect()
            };
            let together = names.iter().all(|name| {
                let setting = choose(&of(&first, name), promise / 100.0).unwrap_or(promise);
                holds(&of(&second, name), &of(&last, name), setting, each)
            });
            all_held += u64::from(together);
        }
        println!(
            "promise {promise} of 100: a dial was chosen in {chosen} of {SPLITS} re-splits; the 95 % bound held in {held} of {SPLITS}; the bounds of all {intents} \
             intents held together in {all_held} of {SPLITS}"
        );
    }
}

type Heap = Vec<(String, Judged)>;

/// Three equal heaps.
fn dealt(judged: &[(String, Judged)], seed: u64) -> [Heap; 3] {
    let mut dealt = judged.to_vec();
    Random::seeded(seed).shuffle(&mut dealt);
    let third = dealt.len() / 3;
    [dealt[..third].to_vec(), dealt[third..2 * third].to_vec(), dealt[2 * third..].to_vec()]
}

fn all(heap: &[(String, Judged)]) -> Vec<Judged> {
    heap.iter().map(|(_, one)| *one).collect()
}

/// What came is within the bound that was made of what was seen.
fn holds(second: &[Judged], last: &[Judged], setting: f64, confidence: f64) -> bool {
    let (seen, came) = (at(second, setting), at(last, setting));
    came.wrong <= next_at_most(seen.wrong, seen.replies, came.replies, confidence)
}
