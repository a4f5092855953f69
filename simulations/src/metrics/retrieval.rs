//! How well a ranked list puts what is relevant in front.

use serde::{Deserialize, Serialize};

/// Means over queries of the usual figures of ranked retrieval (Manning, Raghavan and Schütze, 2008, chapter 8).
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Ranking {
    /// Queries.
    pub queries: usize,
    /// Share of the queries whose first result is relevant.
    pub recall_at_1: f64,
    /// Share of the queries with a relevant result among the first five.
    pub recall_at_5: f64,
    /// Mean of one over the place of the first relevant result, among the first ten.
    pub mrr_at_10: f64,
    /// Gain discounted by the logarithm of the place, over the best that could be had, among the first ten.
    pub ndcg_at_10: f64,
}

/// Averages over queries. A query is its results in order, each relevant or not, and how many relevant ones there are in all.
pub fn rank<'a>(queries: impl IntoIterator<Item = (&'a [bool], usize)>) -> Ranking {
    let mut sums = Ranking::default();
    for (results, relevant) in queries {
        sums.queries += 1;
        let first = results.iter().position(|is_relevant| *is_relevant);
        let within = |depth: usize| first.is_some_and(|place| place < depth);
        sums.recall_at_1 += f64::from(u8::from(within(1)));
        sums.recall_at_5 += f64::from(u8::from(within(5)));
        sums.mrr_at_10 += first.filter(|place| *place < 10).map_or(0.0, |place| 1.0 / (place + 1) as f64);
        let discount = |place: usize| 1.0 / ((place + 2) as f64).log2();
        let gain: f64 =
            results.iter().take(10).enumerate().filter(|(_, is_relevant)| **is_relevant).map(|(place, _)| discount(place)).sum();
        let best: f64 = (0..relevant.min(10)).map(discount).sum();
        sums.ndcg_at_10 += if best > 0.0 { gain / best } else { 0.0 };
    }
    let count = sums.queries.max(1) as f64;
    Ranking {
        queries: sums.queries,
        recall_at_1: sums.recall_at_1 / count,
        recall_at_5: sums.recall_at_5 / count,
        mrr_at_10: sums.mrr_at_10 / count,
        ndcg_at_10: sums.ndcg_at_10 / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_a_worked_example() {
        let found = rank([(&[true, false][..], 1), (&[false, true, false][..], 1), (&[false; 12][..], 1)]);
        assert_eq!(found.queries, 3);
        assert!((found.recall_at_1 - 1.0 / 3.0).abs() < 1e-12);
        assert!((found.recall_at_5 - 2.0 / 3.0).abs() < 1e-12);
        assert!((found.mrr_at_10 - 0.5).abs() < 1e-12);
        assert!((found.ndcg_at_10 - (1.0 + 1.0 / 3f64.log2()) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn what_stands_behind_the_tenth_place_counts_nothing() {
        let mut results = vec![false; 11];
        results.push(true);
        let found = rank([(results.as_slice(), 1)]);
        assert_eq!((found.mrr_at_10, found.ndcg_at_10, found.recall_at_5), (0.0, 0.0, 0.0));
        assert_eq!(rank([]).queries, 0);
    }
}
