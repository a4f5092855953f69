//! What may be found, in the server's words. Every field has a payload index (`collection`): a strict server refuses others.

use super::points::{self, HIDDEN, LANGUAGE, LANGUAGE_UNKNOWN, REVISION, SOURCE, TICKET, VALID_FROM, VALID_TO};
use knowledge::ports::store::Revision;
use knowledge::ports::vector_index::Filter;
use qdrant_client::qdrant::{Condition, Filter as Conditions, Range};

/// The filter of a search.
pub fn of(filter: &Filter) -> Conditions {
    let as_of = points::not_after(filter.as_of) as f64;
    let mut must = vec![
        Condition::matches(HIDDEN, false),
        Condition::range(VALID_FROM, Range { lte: Some(as_of), ..Range::default() }),
        Condition::range(VALID_TO, Range { gt: Some(as_of), ..Range::default() }),
    ];
    if !filter.sources.is_empty() {
        must.push(Condition::matches(SOURCE, filter.sources.iter().map(|source| source.0.clone()).collect::<Vec<_>>()));
    }
    if let Some(language) = filter.language {
        must.push(Condition::matches(LANGUAGE, vec![language.to_string(), LANGUAGE_UNKNOWN.to_owned()]));
    }
    let must_not = filter.exclude_ticket.iter().map(|ticket| Condition::matches(TICKET, ticket.0.clone())).collect();
    Conditions { must, must_not, ..Conditions::default() }
}

/// Only what was fed at a lower revision may be replaced.
pub fn older_than(revision: Revision) -> Conditions {
    Conditions::must([Condition::range(REVISION, Range { lt: Some(points::number(revision) as f64), ..Range::default() })])
}
