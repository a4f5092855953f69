//! Predicted against actual: what a run promised, and what the outcome ledger says came of the replies.

use crate::interval::Rate;
use crate::report::data::Report;
use crate::statistics::clustered::rate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Live replies below which nothing is said.
pub const REPLIES_MIN: usize = 20;

/// What came of one reply that went out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// A number for the conversation: its replies count together.
    pub conversation: u64,
    /// The intent that was seen.
    pub intent: String,
    /// Somebody had to correct it: an agent wrote after it, or the customer opted out or asked again within the day.
    pub was_wrong: bool,
}

/// How an intent does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Within what was predicted.
    AsPredicted,
    /// Wrong more often than predicted: the intervals do not touch.
    Alarm,
    /// Too few replies so far.
    TooFew,
    /// The run had no reply of this intent.
    NotPredicted,
}

/// Predicted and actual.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Watched {
    /// The intent; `all` stands for all together.
    pub intent: String,
    /// Wrong replies as predicted.
    pub predicted: Rate,
    /// Wrong replies as they came.
    pub actual: Rate,
    /// How it does.
    pub standing: Standing,
}

/// Holds what came against what was predicted, all together first.
pub fn watch(report: &Report, sent: &[Sent]) -> Vec<Watched> {
    let predicted: BTreeMap<&str, Rate> = report.intents.iter().map(|row| (row.intent.as_str(), row.wrong)).collect();
    let mut by_intent: BTreeMap<&str, Vec<(u64, bool)>> = BTreeMap::new();
    for one in sent {
        by_intent.entry(one.intent.as_str()).or_default().push((one.conversation, one.was_wrong));
    }
    let all = sent.iter().map(|one| (one.conversation, one.was_wrong));
    let mut watched = vec![standing("all", Some(report.headline.wrong), rate(all))];
    watched.extend(by_intent.into_iter().map(|(intent, sent)| standing(intent, predicted.get(intent).copied(), rate(sent))));
    watched
}

fn standing(intent: &str, predicted: Option<Rate>, actual: Rate) -> Watched {
    let known = predicted.filter(|rate| rate.of > 0);
    let standing = match known {
        None => Standing::NotPredicted,
        Some(_) if actual.of < REPLIES_MIN => Standing::TooFew,
        Some(rate) if actual.low > rate.high => Standing::Alarm,
        Some(_) => Standing::AsPredicted,
    };
    Watched { intent: intent.to_owned(), predicted: known.unwrap_or(Rate::wilson(0, 0)), actual, standing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_needs_replies_and_intervals_that_do_not_touch() {
        let predicted = Some(Rate::wilson(4, 200));
        assert_eq!(standing("a", predicted, Rate::wilson(1, 60)).standing, Standing::AsPredicted);
        assert_eq!(standing("a", predicted, Rate::wilson(12, 60)).standing, Standing::Alarm);
        assert_eq!(standing("a", predicted, Rate::wilson(12, 12)).standing, Standing::TooFew);
        assert_eq!(standing("a", None, Rate::wilson(12, 60)).standing, Standing::NotPredicted);
    }
}
