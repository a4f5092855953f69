//! Gaps: questions that nobody could have answered from the knowledge, put together by what they ask.

use crate::report::listing::{Count, Listing, cut};
use crate::report::money::MONTH_DAYS;
use crate::scorers::reply::cosine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triage::decision::Reason;
use triage::ticket::TicketId;

/// Unanswered questions that are looked at, the oldest first; more are counted and not put together.
pub const QUESTIONS_MAX: usize = 4_000;
/// Cosine from which two questions ask the same.
pub const SAME_MIN: f64 = 0.65;
/// The same where people said that both are about the same.
pub const SAME_INTENT_MIN: f64 = 0.5;
/// Gaps that are shown.
pub const GAPS_MAX: usize = 20;
/// A gap of fewer questions is a single case.
pub const SIZE_MIN: usize = 2;
/// Examples of a gap.
const EXAMPLES: usize = 3;
/// Tickets of a gap to learn from.
const LESSONS: usize = 5;

/// An unanswered question.
#[derive(Clone, PartialEq, Debug)]
pub struct Unanswered {
    /// Its place among the entries.
    pub place: u32,
    /// The ticket.
    pub ticket: TicketId,
    /// The question.
    pub question: String,
    /// The human answer.
    pub answer: Option<String>,
    /// What people said that it was about.
    pub intent: String,
}

/// Questions that ask the same and have no answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Gap {
    /// What most of them are about, in the words that people gave.
    pub intent: String,
    /// Its tickets.
    pub count: Count,
    /// How many a month.
    pub per_month: f64,
    /// Examples, the most typical first.
    pub examples: Vec<String>,
    /// The human answer to the most typical one, to learn from.
    pub answer: Option<String>,
    /// Tickets that a person answered, to learn from, the most typical first.
    pub learn_from: Vec<TicketId>,
}

struct Cluster {
    sum: Vec<f32>,
    intent: String,
    members: Vec<usize>,
}

/// Reasons that say that the knowledge had no answer.
pub fn is_gap(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NothingFound | Reason::NothingWritten | Reason::OutOfScope | Reason::Unsure | Reason::PartlyAnswered | Reason::TooRisky
    )
}

/// Puts questions together: each goes to the first nearest group that asks the same, else starts one. The largest come first.
pub fn gaps(questions: &[Unanswered], vectors: &[Vec<f32>], span_s: i64, listing: &mut Listing) -> Vec<Gap> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for (place, vector) in vectors.iter().enumerate() {
        let intent = questions.get(place).map_or("", |one| one.intent.as_str());
        let least = |cluster: &Cluster| if cluster.intent == intent { SAME_INTENT_MIN } else { SAME_MIN };
        let near = clusters.iter().enumerate().map(|(n, cluster)| (n, nearness(&cluster.sum, vector)));
        let near = near.filter(|(n, near)| clusters.get(*n).is_some_and(|cluster| *near >= least(cluster)));
        let best = near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        match best.and_then(|(n, _)| clusters.get_mut(n)) {
            Some(cluster) => {
                cluster.sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
                cluster.members.push(place);
            }
            None => clusters.push(Cluster { sum: vector.clone(), intent: intent.to_owned(), members: vec![place] }),
        }
    }
    clusters.retain(|cluster| cluster.members.len() >= SIZE_MIN);
    clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.members.len()), cluster.members.first().copied()));
    clusters.truncate(GAPS_MAX);
    let months = (span_s as f64 / 86_400.0).max(1.0) / MONTH_DAYS;
    clusters.iter().enumerate().map(|(n, cluster)| gap(n, cluster, questions, vectors, months, listing)).collect()
}

fn nearness(sum: &[f32], vector: &[f32]) -> f64 {
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > f32::EPSILON { cosine(sum, vector) / f64::from(length) } else { 0.0 }
}

fn gap(n: usize, cluster: &Cluster, questions: &[Unanswered], vectors: &[Vec<f32>], months: f64, listing: &mut Listing) -> Gap {
    let name = format!("gap-{}", n + 1);
    let mut typical: Vec<(f64, usize)> =
        cluster.members.iter().filter_map(|place| Some((nearness(&cluster.sum, vectors.get(*place)?), *place))).collect();
    typical.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let members: Vec<&Unanswered> = typical.iter().filter_map(|(_, place)| questions.get(*place)).collect();
    let mut intents: BTreeMap<&str, usize> = BTreeMap::new();
    members.iter().for_each(|one| *intents.entry(one.intent.as_str()).or_default() += 1);
    let intent = intents.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(name, _)| (*name).to_owned()).unwrap_or_default();
    for place in &cluster.members {
        if let Some(one) = questions.get(*place) {
            listing.list(&name, one.place);
        }
    }
    Gap {
        intent,
        count: listing.count(&name),
        per_month: cluster.members.len() as f64 / months,
        examples: members.iter().take(EXAMPLES).map(|one| cut(&one.question)).collect(),
        answer: members.iter().find_map(|one| one.answer.as_deref()).map(cut),
        learn_from: members.iter().filter(|one| one.answer.is_some()).take(LESSONS).map(|one| one.ticket.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_that_ask_the_same_become_one_gap_with_its_tickets() {
        let asked = |place: u32, question: &str| Unanswered {
            place,
            ticket: TicketId(format!("T-{place}")),
            question: question.to_owned(),
            answer: Some("ask us".to_owned()),
            intent: "parking".to_owned(),
        };
        let questions = [asked(0, "is there parking"), asked(1, "who won"), asked(2, "where is the parking"), asked(3, "parking?")];
        let vectors = [vec![1.0, 0.0], vec![0.0, 1.0], vec![0.98, 0.199], vec![0.999, 0.04]];
        let mut listing = Listing::default();
        let found = gaps(&questions, &vectors, 86_400 * 61, &mut listing);
        assert_eq!(found.len(), 1, "a single question is no gap");
        assert_eq!((found[0].count.count, found[0].intent.as_str()), (3, "parking"));
        assert_eq!(found[0].learn_from.len(), 3);
        assert_eq!(listing.lists["gap-1"].places, [0, 2, 3]);
        assert!((found[0].per_month - 1.5).abs() < 0.01, "{:?}", found[0]);
    }
}
