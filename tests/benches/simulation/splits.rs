//! Whether the bound on wrong replies holds: on random re-splits of real would-be replies.
//!
//! Each time the would-be replies are dealt into three equal heaps. The dial is chosen on the first; on the second it is seen how many
//! replies at that dial are wrong; from that a bound is made for the third, which nobody has looked at; and the third is counted.

use crate::simulate;
use simulations::line::Line;
use simulations::scorers::reply::Verdict;
use simulations::statistics::binomial::{CONFIDENCE, next_at_most};
use simulations::statistics::dial::{Judged, at, choose};
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
    let judged: Vec<Judged> = lines
        .lines()
        .filter_map(|line| {
            let line: Line = serde_json::from_str(line).unwrap();
            let scores = line.scores.as_ref().filter(|_| line.counts())?;
            let is_wrong = scores.verdict().and_then(Verdict::is_wrong)?;
            let judgement = line.decision.as_ref()?.receipt.judgement.as_ref()?;
            Some(Judged { wrong_per_100: judgement.wrong_per_100, is_wrong })
        })
        .collect();
    let wrong = judged.iter().filter(|one| one.is_wrong).count();
    println!("STAR: {} would-be replies that can be judged, {wrong} of them wrong", judged.len());
    for promise in PROMISES {
        let (mut held, mut chosen) = (0, 0);
        for seed in 0..SPLITS {
            let mut dealt = judged.clone();
            Random::seeded(seed).shuffle(&mut dealt);
            let third = dealt.len() / 3;
            let (first, rest) = dealt.split_at(third);
            let (second, last) = rest.split_at(third);
            let choice = choose(first, promise / 100.0);
            chosen += u64::from(choice.is_some());
            let setting = choice.unwrap_or(promise);
            let (seen, came) = (at(second, setting), at(last, setting));
            held += u64::from(came.wrong <= next_at_most(seen.wrong, seen.replies, came.replies, CONFIDENCE));
        }
        println!(
            "promise {promise} of 100: a dial was chosen in {chosen} of {SPLITS} re-splits; the 95 % bound held in {held} of {SPLITS}"
        );
    }
}
