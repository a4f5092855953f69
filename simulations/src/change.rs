//! A recommended change of the policy: what a run has shown, and nothing more.
//!
//! A ceiling is raised to `reply`, or a dial set, only where the promise was confirmed on the second slice. Where an intent may reply
//! today and more of its replies were wrong there than promised, lowering it to `draft` is recommended. Everything else stays as it is:
//! too few replies are no reason for a change.

use crate::report::data::Report;
use crate::statistics::dial::Tried;
use serde::{Deserialize, Serialize};
use triage::intent::IntentName;
use triage::policy::{Ceiling, Policy};

/// Judged replies below which nothing is lowered.
pub const LOWERED_REPLIES_MIN: usize = 10;

/// One change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The intent.
    pub intent: IntentName,
    /// The ceiling before.
    pub ceiling_before: Ceiling,
    /// The ceiling that is recommended.
    pub ceiling: Ceiling,
    /// The dial that is recommended; absent to leave it.
    pub dial: Option<f64>,
    /// What it rests on.
    pub because: String,
}

/// The changes that a run supports, in the order of the report's intents.
pub fn changes(report: &Report, policy: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    for row in &report.intents {
        let intent = IntentName(row.intent.clone());
        let is_named = policy.ceilings.contains_key(&intent) || policy.max_wrong_per_100_for.contains_key(&intent);
        let stays = policy.escalate.contains_key(&intent) || intent.is_out_of_scope() || row.intent.contains(' ');
        if stays || policy.ceilings.get(&intent) == Some(&Ceiling::Off) {
            continue;
        }
        let before = policy.ceiling(&intent);
        let dial = &row.dial;
        let tried = dial.confirmed_on;
        let seen = format!("{} wrong of {} on the second slice", tried.wrong, tried.replies);
        if dial.confirmed {
            let sure = if dial.tried_together == 1 { String::new() } else { format!(" for all {} that were tried", dial.tried_together) };
            let because =
                format!("{seen}, at most {:.1} of 100 (95 % sure{sure}): within {} of 100", dial.at_most_per_100, dial.promise_per_100);
            let differs = before != Ceiling::Reply || Some(policy.dial(&intent)) != dial.dial;
            if differs {
                changes.push(Change { intent, ceiling_before: before, ceiling: Ceiling::Reply, dial: dial.dial, because });
            }
        } else if before == Ceiling::Reply && is_named && is_too_wrong(tried, dial.promise_per_100) {
            let because = format!("{seen}: more than {} of 100", dial.promise_per_100);
            changes.push(Change { intent, ceiling_before: before, ceiling: Ceiling::Draft, dial: None, because });
        }
    }
    changes
}

/// More were wrong than promised, and not in a handful of replies.
fn is_too_wrong(tried: Tried, promise_per_100: f64) -> bool {
    tried.replies >= LOWERED_REPLIES_MIN && tried.wrong as f64 * 100.0 > promise_per_100 * tried.replies as f64
}

/// The policy with the changes.
pub fn apply(policy: &Policy, changes: &[Change]) -> Policy {
    let mut changed = policy.clone();
    for change in changes {
        changed.ceilings.insert(change.intent.clone(), change.ceiling);
        if let Some(dial) = change.dial {
            changed.max_wrong_per_100_for.insert(change.intent.clone(), dial);
        }
    }
    changed
}

/// The text of the policy file with the changes: lines of `[ceilings]` and `[max_wrong_per_100_for]` are replaced or added, everything
/// else stays byte by byte. The caller reads the text back and compares it with [`apply`].
pub fn edit(text: &str, changes: &[Change], run: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for change in changes {
        let word = crate::report::collect::name_of(&change.ceiling);
        let note = format!("  # run {run}: {}", change.because);
        set(&mut lines, "ceilings", &change.intent.0, &format!("\"{word}\"{note}"));
        if let Some(dial) = change.dial {
            set(&mut lines, "max_wrong_per_100_for", &change.intent.0, &format!("{dial:?}{note}"));
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// Sets a key of a table, which is made when it is not there.
fn set(lines: &mut Vec<String>, table: &str, key: &str, value: &str) {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let name = if is_bare { key.to_owned() } else { format!("{key:?}") };
    let line = format!("{name} = {value}");
    let Some(header) = lines.iter().position(|line| line.trim() == format!("[{table}]")) else {
        lines.extend([String::new(), format!("[{table}]"), line]);
        return;
    };
    let end = lines.iter().skip(header + 1).position(|line| line.trim_start().starts_with('[')).map_or(lines.len(), |n| header + 1 + n);
    let is_key = |line: &String| line.split_once('=').is_some_and(|(left, _)| left.trim().trim_matches('"') == key);
    match lines.iter().take(end).skip(header + 1).position(is_key) {
        Some(n) => {
            if let Some(slot) = lines.get_mut(header + 1 + n) {
                *slot = line;
            }
        }
        None => {
            let last = lines.iter().take(end).rposition(|line| !line.trim().is_empty()).map_or(end, |n| n + 1);
            lines.insert(last, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(intent: &str, ceiling: Ceiling, dial: Option<f64>) -> Change {
        let because = "0 wrong of 200".to_owned();
        Change { intent: IntentName(intent.to_owned()), ceiling_before: Ceiling::Draft, ceiling, dial, because }
    }

    #[test]
    fn lines_are_replaced_or_added_and_the_rest_stays() {
        let text = "# ours\nmax_wrong_per_100 = 2\n\n[ceilings]\nreturns = \"draft\"\nhours = \"reply\"\n\n[escalate]\nlegal = \"legal\"\n";
        let changes = [change("returns", Ceiling::Reply, Some(3.0)), change("shipping", Ceiling::Reply, None)];
        let edited = edit(text, &changes, "ab12");
        assert_eq!(
            edited,
            "# ours\nmax_wrong_per_100 = 2\n\n[ceilings]\nreturns = \"reply\"  # run ab12: 0 wrong of 200\nhours = \"reply\"\nshipping = \
             \"reply\"  # run ab12: 0 wrong of 200\n\n[escalate]\nlegal = \"legal\"\n\n[max_wrong_per_100_for]\nreturns = 3.0  # run ab12: 0 \
             wrong of 200\n"
        );
    }

    #[test]
    fn an_empty_policy_gets_its_tables() {
        let edited = edit("", &[change("opening hours", Ceiling::Draft, None)], "ab12");
        assert_eq!(edited, "\n[ceilings]\n\"opening hours\" = \"draft\"  # run ab12: 0 wrong of 200\n");
    }
}
