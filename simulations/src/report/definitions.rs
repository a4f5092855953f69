//! One replay by several definitions of "resolved".

use crate::report::collect::name_of;
use crate::report::data::Rung;
use crate::report::listing::Listing;
use crate::report::rows::Rows;
use crate::scorers::reply::Verdict;
use crate::scorers::resolved::Definition;

/// Fewer than one in so many customers who come back say that the file does not name customers.
const CAME_BACK_ONE_IN: usize = 200;

/// The rates by all definitions; `came_back` customers of the file opened another conversation later.
pub fn definitions(rows: &Rows, listing: &Listing, came_back: usize) -> Vec<Rung> {
    let is_comparable = rows.0.iter().any(|row| row.verdict.and_then(Verdict::is_wrong).is_some());
    let is_nameless = came_back * CAME_BACK_ONE_IN < rows.0.len().max(1);
    // The other definitions need nothing but the conversation itself.
    let not_measured = |definition: Definition| {
        if definition == Definition::Durable && is_nameless {
            return Some("hardly a customer comes back in this file: does it name customers?");
        }
        (definition == Definition::SameOutcome && !is_comparable).then_some("no would-be reply can be held against a human answer")
    };
    let rung = |(at, definition): (usize, Definition)| Rung {
        definition,
        count: listing.count(&format!("resolved-{}", name_of(&definition))),
        rate: rows.share(|row| row.resolved.get(at).copied().unwrap_or(false)),
        not_measured: not_measured(definition).map(str::to_owned),
    };
    Definition::ALL.into_iter().enumerate().map(rung).collect()
}
