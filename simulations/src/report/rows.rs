//! Counted tickets as rows of a few numbers, and the rates over them.

use crate::interval::Rate;
use crate::report::listing::Listing;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use crate::scorers::resolved::Definition;
use crate::statistics::clustered::rate;
use crate::statistics::dial::{Point, Recommendation, SETTINGS};

/// What a counted ticket leaves behind: a few numbers, however long it was.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its place among the entries.
    pub place: u32,
    /// A number for the customer: tickets of one count together.
    pub customer: u64,
    /// What would have been done.
    pub did: Did,
    /// The verdict on the would-be reply.
    pub verdict: Option<Verdict>,
    /// By definition, in their order: it would count as resolved.
    pub resolved: [bool; Definition::ALL.len()],
    /// What the gate said, in wrong per 100, where only the dial keeps it back.
    pub on_the_dial: Option<f64>,
    /// The number of the intent that was seen.
    pub intent: usize,
    /// The intent was right.
    pub intent_right: Option<bool>,
    /// People said that it belongs to a person.
    pub must_escalate: bool,
    /// Decided again, it came out otherwise.
    pub flipped: Option<bool>,
    /// It lies in the slice on which dials are tried.
    pub second: bool,
}

/// All rows, oldest first.
#[derive(Default)]
pub struct Rows(pub Vec<Row>);

impl Rows {
    /// The share of all rows that are so.
    pub fn share(&self, is: impl Fn(&Row) -> bool) -> Rate {
        rate(self.0.iter().map(|row| (row.customer, is(row))))
    }

    /// The share of wrong ones among those that can be judged.
    pub fn wrong_of(&self, of: impl Fn(&Row) -> bool) -> Rate {
        rate(self.0.iter().filter(|row| of(row)).filter_map(|row| Some((row.customer, row.verdict?.is_wrong()?))))
    }

    /// The coverage curve over the dial.
    pub fn curve(&self) -> Vec<Point> {
        let point = |dial: f64| {
            let goes = |row: &Row| row.on_the_dial.is_some_and(|wrong| wrong <= dial);
            Point { dial, replied: self.share(goes), wrong: self.wrong_of(goes) }
        };
        SETTINGS.into_iter().map(point).collect()
    }

    /// The judged replies that a recommendation rests on, slice by slice.
    pub fn list_dial(&self, listing: &mut Listing, name: &str, intent: Option<usize>, dial: &Recommendation) {
        for row in self.0.iter().filter(|row| intent.is_none_or(|intent| row.intent == intent)) {
            let Some(is_wrong) = row.verdict.and_then(Verdict::is_wrong) else { continue };
            if row.on_the_dial.is_none_or(|wrong| wrong > dial.setting()) {
                continue;
            }
            let slice = if row.second { "second" } else { "first" };
            listing.list(&format!("{name}-{slice}"), row.place);
            if is_wrong {
                listing.list(&format!("{name}-{slice}-wrong"), row.place);
            }
        }
    }
}
