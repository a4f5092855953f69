//! What is measured about a would-be reply. The gate turns signals into a probability of being wrong.

use crate::classification::Classification;
use crate::draft::{Draft, Verdict};
use crate::evidence::{Evidence, Passage, PassageKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// Share of the shorter passage's words from which two passages say the same.
pub const SAME_WORDS_MIN: f64 = 0.6;
/// How many of the first passages are looked at for what they agree on.
pub const FIRST_PASSAGES: usize = 3;

/// One measurement, by name. The names are the same in receipts, models and docs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Probability of the first intent.
    IntentProbability,
    /// Probability of the first intent less that of the second.
    IntentMargin,
    /// Entropy of the intents' probabilities, divided by its largest value: 0 sure, 1 clueless.
    IntentEntropy,
    /// Probability that the first intent is right; outside all intents counts as wrong.
    IntentConfidence,
    /// Probability that the turn lies outside all intents.
    OutOfScope,
    /// How far the minds agree on the first intent.
    Agreement,
    /// Cosine of the nearest labelled example.
    NearestExample,
    /// That cosine for the first intent less the best of another intent.
    NearestMargin,
    /// Share of the nearest examples that bear the first intent.
    NearestVotes,
    /// Cosine with the middle of the first intent's examples.
    CentroidSimilarity,
    /// That cosine less the best of another intent.
    CentroidMargin,
    /// Share of words that no labelled example holds.
    UnknownWords,
    /// Number of the turn's asks, on a logarithmic scale.
    Asks,
    /// Cosine of the first cited passage (of the first one where none is cited), the lowest over the asks.
    RetrievalSimilarity,
    /// Word overlap of that passage, the lowest over the asks.
    RetrievalOverlap,
    /// Fused score of that passage, the lowest over the asks.
    RetrievalScore,
    /// Fused score of the first passage less that of the first one that says something else, the lowest over the asks.
    RetrievalMargin,
    /// Share of the first passages whose intent, where people gave one, is the first intent.
    PassagesAgree,
    /// Share of the first passages that say the same as the cited one.
    PassagesRepeat,
    /// Share of cited passages that an admin approved or that are documents.
    Authority,
    /// Share of the asks that the reply answers.
    AsksAnswered,
    /// Share of the reply's words that stand in the cited passages.
    Support,
    /// Number of words of the turn, on a logarithmic scale.
    TurnLength,
    /// Number of words of the reply, on a logarithmic scale.
    ReplyLength,
}

/// The measurements of one would-be reply.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signals(pub BTreeMap<Signal, f64>);

impl Signals {
    /// The value, or 0 when it was not measured.
    pub fn get(&self, signal: Signal) -> f64 {
        self.0.get(&signal).copied().unwrap_or(0.0)
    }

    /// Measures a would-be reply. Pure: the same findings give the same signals.
    pub fn measure(text: &str, classification: &Classification, evidence: &Evidence, draft: &Draft, verdict: &Verdict) -> Self {
        let mut values = BTreeMap::new();
        measure_intent(&mut values, classification);
        measure_evidence(&mut values, classification, evidence, draft);
        let cited = draft.citations.iter().filter_map(|citation| evidence.get(&citation.passage));
        values.insert(Signal::Authority, mean(cited.map(|passage| f64::from(u8::from(passage.kind != PassageKind::PastTicket)))));
        values.insert(Signal::AsksAnswered, draft.asks_answered as f64 / classification.asks.len().max(1) as f64);
        values.insert(Signal::Support, verdict.support);
        let words = |text: &str| (1.0 + text.split_whitespace().count() as f64).ln();
        values.insert(Signal::TurnLength, words(text));
        values.insert(Signal::ReplyLength, words(&draft.text));
        Signals(values)
    }
}

fn measure_intent(values: &mut BTreeMap<Signal, f64>, classification: &Classification) {
    let mut probabilities = classification.intents.iter().map(|intent| intent.probability);
    let first = probabilities.next().unwrap_or(0.0);
    let second = probabilities.next().unwrap_or(0.0);
    values.insert(Signal::IntentProbability, first);
    values.insert(Signal::IntentMargin, first - second);
    values.insert(Signal::IntentEntropy, entropy(classification));
    values.insert(Signal::IntentConfidence, classification.confidence);
    values.insert(Signal::OutOfScope, classification.out_of_scope);
    values.insert(Signal::Asks, (1.0 + classification.asks.len() as f64).ln());
    values.extend(classification.measured.0.iter().map(|(signal, value)| (*signal, *value)));
}

fn measure_evidence(values: &mut BTreeMap<Signal, f64>, classification: &Classification, evidence: &Evidence, draft: &Draft) {
    let is_cited = |passage: &&Passage| draft.citations.iter().any(|citation| citation.passage == passage.id);
    let firsts = || evidence.found.iter().map(|found| found.passages.iter().find(is_cited).or(found.passages.first()));
    values.insert(Signal::RetrievalSimilarity, lowest(firsts().map(|first| first.map_or(0.0, |passage| passage.similarity))));
    values.insert(Signal::RetrievalOverlap, lowest(firsts().map(|first| first.map_or(0.0, |passage| passage.overlap))));
    values.insert(Signal::RetrievalScore, lowest(firsts().map(|first| first.map_or(0.0, |passage| passage.score))));
    let repeats =
        evidence.found.iter().map(|found| repeats(found.passages.iter().find(is_cited).or(found.passages.first()), &found.passages));
    values.insert(Signal::PassagesRepeat, lowest(repeats));
    let margins = evidence.found.iter().map(|found| match found.passages.split_first() {
        None => 0.0,
        Some((first, rest)) => {
            let said = words(first);
            first.score - rest.iter().find(|other| !say_the_same(&said, &words(other))).map_or(0.0, |other| other.score)
        }
    });
    values.insert(Signal::RetrievalMargin, lowest(margins));
    let intent = classification.first().map(|first| &first.name);
    let labelled =
        evidence.found.iter().flat_map(|found| found.passages.iter().take(FIRST_PASSAGES)).filter_map(|passage| passage.intent.as_ref());
    values.insert(Signal::PassagesAgree, mean(labelled.map(|label| f64::from(u8::from(Some(label) == intent)))));
}

/// Share of the first passages, the cited one aside, that say what it says.
fn repeats(cited: Option<&Passage>, passages: &[Passage]) -> f64 {
    let Some(cited) = cited else { return 0.0 };
    let said = words(cited);
    let others = passages.iter().filter(|other| other.id != cited.id).take(FIRST_PASSAGES);
    mean(others.map(|other| f64::from(u8::from(say_the_same(&said, &words(other))))))
}

/// Two passages say the same when most words of the shorter one stand in the other: a past reply that repeats the handbook
/// is no rival of the handbook.
fn say_the_same(a: &HashSet<String>, b: &HashSet<String>) -> bool {
    let common = a.intersection(b).count() as f64;
    common >= SAME_WORDS_MIN * a.len().min(b.len()).max(1) as f64
}

/// The words of a passage's text, each once.
fn words(passage: &Passage) -> HashSet<String> {
    passage.text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn entropy(classification: &Classification) -> f64 {
    let count = classification.intents.len();
    if count < 2 {
        return 0.0;
    }
    let sum: f64 = classification.intents.iter().map(|intent| intent.probability).filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum();
    sum / (count as f64).ln()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

fn lowest(values: impl Iterator<Item = f64>) -> f64 {
    let lowest = values.fold(f64::INFINITY, f64::min);
    if lowest.is_finite() { lowest } else { 0.0 }
}
