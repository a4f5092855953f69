//! What can be measured about one reading: the inputs of every judgement about it.
//!
//! All of them are free of a company's size as far as can be: shares, cosines, margins.

use crate::learned::ensemble::Reading;
use triage::signals::{Signal, Signals};

/// How many measures there are.
pub const MEASURES: usize = 22;
/// A cosine from which an example counts as near for [`crowd`].
const WARMTH: f64 = 0.05;

/// The measures of a reading, in a fixed order. `outside` is the class of what lies outside all intents.
pub fn measure(reading: &Reading, outside: Option<usize>) -> [f64; MEASURES] {
    let Some(first) = reading.first(outside) else { return [0.0; MEASURES] };
    let joined = top(&reading.probabilities, first, outside);
    let largest = (reading.probabilities.len().max(2) as f64).ln();
    let [words, meaning, neighbours] = reading.minds.each_ref().map(|logs| logs.iter().map(|log| f64::from(log.exp())).collect::<Vec<_>>());
    let nearest = top(&floats(&reading.vote.nearest), first, outside);
    let middle = top(&floats(&reading.middle), first, outside);
    let of = |values: &[f64], class: usize| values.get(class).copied().unwrap_or(0.0);
    let of_outside = outside.map_or(0.0, |class| of(&reading.probabilities, class));
    let voters = reading.vote.voters.len().max(1) as f64;
    let votes = reading.vote.voters.iter().filter(|class| usize::from(**class) == first).count() as f64;
    [
        odds(joined.own),
        joined.own - joined.other,
        entropy(&reading.probabilities) / largest,
        odds(of(&words, first)),
        odds(of(&meaning, first)),
        of(&neighbours, first),
        agreeing(&[&words, &meaning, &neighbours], first, outside),
        entropy(&words) / largest,
        entropy(&meaning) / largest,
        entropy(&neighbours) / largest,
        f64::from(reading.claim[0]) - largest,
        f64::from(reading.claim[1]) - largest,
        nearest.own.max(nearest.other),
        nearest.own - nearest.other,
        crowd(&reading.vote.nearest, nearest.own.max(nearest.other), largest),
        votes / voters,
        middle.own.max(middle.other),
        middle.own - middle.other,
        reading.unknown_words,
        reading.known_chars,
        of_outside,
        (1.0 + reading.words as f64).ln(),
    ]
}

/// The measures that the gate knows by name.
pub fn signals(reading: &Reading, outside: Option<usize>) -> Signals {
    let Some(first) = reading.first(outside) else { return Signals::default() };
    let nearest = top(&floats(&reading.vote.nearest), first, outside);
    let middle = top(&floats(&reading.middle), first, outside);
    let votes = reading.vote.voters.iter().filter(|class| usize::from(**class) == first).count();
    let values = [
        (Signal::Agreement, reading.agreement(outside)),
        (Signal::NearestExample, nearest.own.max(nearest.other)),
        (Signal::NearestMargin, nearest.own - nearest.other),
        (Signal::NearestVotes, votes as f64 / reading.vote.voters.len().max(1) as f64),
        (Signal::CentroidSimilarity, middle.own),
        (Signal::CentroidMargin, middle.own - middle.other),
        (Signal::UnknownWords, reading.unknown_words),
    ];
    Signals(values.into())
}

/// The value of one class and the best of the others.
struct Top {
    own: f64,
    other: f64,
}

fn top(values: &[f64], first: usize, outside: Option<usize>) -> Top {
    let own = values.get(first).copied().unwrap_or(0.0);
    let others = values.iter().enumerate().filter(|(class, _)| *class != first && Some(*class) != outside);
    Top { own, other: others.map(|(_, value)| *value).fold(0.0, f64::max) }
}

fn floats(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

/// Log-odds, bounded so that a sure mind does not outweigh everything.
fn odds(probability: f64) -> f64 {
    let bounded = probability.clamp(1e-4, 1.0 - 1e-4);
    (bounded / (1.0 - bounded)).ln()
}

fn entropy(probabilities: &[f64]) -> f64 {
    probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum()
}

/// Share of the minds whose own first class this is.
fn agreeing(minds: &[&Vec<f64>], first: usize, outside: Option<usize>) -> f64 {
    let agrees = |mind: &&&Vec<f64>| {
        let top = top(mind, first, outside);
        top.own >= top.other
    };
    minds.iter().filter(agrees).count() as f64 / minds.len().max(1) as f64
}

/// How many classes have an example about as near as the nearest one, on a logarithmic scale: 0 one, 1 all.
fn crowd(nearest: &[f32], best: f64, largest: f64) -> f64 {
    let near: f64 = nearest.iter().map(|cosine| ((f64::from(*cosine) - best) / WARMTH).exp().min(1.0)).sum();
    near.max(1.0).ln() / largest
}
