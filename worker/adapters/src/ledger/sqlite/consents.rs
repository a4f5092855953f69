//! Changes of consent.

use crate::ledger::sqlite::problem::Problem;
use rusqlite::{Connection, params};

/// A change of consent.
pub(crate) struct Consent<'a> {
    pub(crate) customer: &'a str,
    pub(crate) company: &'a str,
    /// The moment from which it holds.
    pub(crate) at: i64,
    pub(crate) opted_out: bool,
    /// The decision, or the message, that it came of.
    pub(crate) cause: &'a str,
}

/// Appends a change. What is dated after now was dated by a clock that has gone back since: it comes before this change all the same.
pub(crate) fn append(connection: &Connection, change: &Consent<'_>, now: i64) -> Result<(), Problem> {
    let (who, at) = ([change.customer, change.company], change.at.min(now));
    let mut earlier = connection.prepare_cached("UPDATE consents SET at = ?3 WHERE customer = ?1 AND company = ?2 AND at > ?4")?;
    earlier.execute(params![who[0], who[1], at, now])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO consents (customer, company, at, opted_out, decision) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    insert.execute(params![who[0], who[1], at, change.opted_out, change.cause])?;
    Ok(())
}
