//! Personal data in ten thousand made messages: how much is found, and how much of what is found is personal.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test prints what it measured")]

mod laws;
mod messages;
mod sentences;
mod values;

use knowledge::personal_data::find::find;
use knowledge::personal_data::finding::{Finding, Kind};
use messages::{Message, made};
use std::collections::BTreeMap;
use std::time::Instant;

/// Messages that are made.
const MESSAGES: usize = 10_000;
/// From this seed all of them follow.
const SEED: u64 = 20_260_402;
/// Kinds whose share is a promise.
const STRUCTURED: [Kind; 5] = [Kind::Phone, Kind::Email, Kind::Card, Kind::Iban, Kind::SocialSecurity];
/// Letters and digits beside the personal ones that a finding may cover and still be right.
const BESIDE_MAX: usize = 2;

/// What was counted of one kind.
#[derive(Clone, Copy, Default)]
struct Count {
    expected: usize,
    recalled: usize,
    found: usize,
    right: usize,
}

impl Count {
    fn recall(&self) -> f64 {
        self.recalled as f64 / self.expected.max(1) as f64
    }

    fn precision(&self) -> f64 {
        self.right as f64 / self.found.max(1) as f64
    }

    fn add(&mut self, other: Count) {
        self.expected += other.expected;
        self.recalled += other.recalled;
        self.found += other.found;
        self.right += other.right;
    }
}

fn alphanumerics(text: &str, from: usize, to: usize) -> usize {
    text[from..to].chars().filter(|c| c.is_alphanumeric()).count()
}

/// Letters and digits of one span that the other covers.
fn common(text: &str, a: &Finding, b: &Finding) -> usize {
    let (from, to) = (a.span.start.max(b.span.start), a.span.end.min(b.span.end));
    if a.kind == b.kind && from < to { alphanumerics(text, from, to) } else { 0 }
}

/// An expected one is recalled when all of it is covered; a found one is right when it covers little else.
fn score(message: &Message, found: &[Finding], counts: &mut BTreeMap<Kind, Count>) {
    let text = &message.text;
    for expected in &message.personal {
        let covered: usize = found.iter().map(|found| common(text, expected, found)).sum();
        let count = counts.entry(expected.kind).or_default();
        count.expected += 1;
        count.recalled += usize::from(covered == alphanumerics(text, expected.span.start, expected.span.end));
    }
    for found in found {
        let covered: usize = message.personal.iter().map(|expected| common(text, found, expected)).sum();
        let beside = alphanumerics(text, found.span.start, found.span.end) - covered;
        let count = counts.entry(found.kind).or_default();
        count.found += 1;
        count.right += usize::from(covered > 0 && beside <= BESIDE_MAX);
    }
}

fn total(counts: &BTreeMap<Kind, Count>, kinds: &[Kind]) -> Count {
    let mut total = Count::default();
    kinds.iter().filter_map(|kind| counts.get(kind)).for_each(|count| total.add(*count));
    total
}

fn print(name: &str, counts: &BTreeMap<Kind, Count>) {
    let row = |name: &str, count: &Count| {
        println!("  {name:<18}{:>7} expected, recall {:.4}, precision {:.4}", count.expected, count.recall(), count.precision());
    };
    println!("{name}:");
    counts.iter().for_each(|(kind, count)| row(kind.word(), count));
    row("all structured", &total(counts, &STRUCTURED));
}

#[test]
fn structured_personal_data_is_found_and_little_else() {
    let messages = made(MESSAGES, SEED);
    let started = Instant::now();
    let found: Vec<Vec<Finding>> = messages.iter().map(|message| find(&message.text)).collect();
    let micros = started.elapsed().as_secs_f64() * 1e6 / messages.len() as f64;
    let mut sides: BTreeMap<bool, BTreeMap<Kind, Count>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (message, found) in messages.iter().zip(&found) {
        let mut own = BTreeMap::new();
        score(message, found, &mut own);
        let is_wrong = own
            .iter()
            .filter(|(kind, _)| STRUCTURED.contains(kind))
            .any(|(_, count)| count.recalled < count.expected || count.right < count.found);
        if is_wrong && !message.is_held_out {
            faults.push(format!("{:?} {:?}", message.text, found));
        }
        let side = sides.entry(message.is_held_out).or_default();
        own.into_iter().for_each(|(kind, count)| side.entry(kind).or_default().add(count));
    }
    println!("seed {SEED}, {MESSAGES} messages, {micros:.1} µs a message in this build");
    for (is_held_out, counts) in &sides {
        print(if *is_held_out { "sentences that were held out" } else { "sentences that rules were tuned on" }, counts);
    }
    faults.iter().take(25).for_each(|fault| println!("  not right: {fault}"));
    for counts in sides.values() {
        for kinds in STRUCTURED.iter().map(std::slice::from_ref).chain([&STRUCTURED[..]]) {
            let count = total(counts, kinds);
            assert!(count.expected > 50, "{kinds:?} must be tried");
            assert!(count.recall() >= 0.99, "{kinds:?} recall {}", count.recall());
            assert!(count.precision() >= 0.98, "{kinds:?} precision {}", count.precision());
        }
    }
}
