//! Changes of consent. Their numbers must grow in the order of the commits, for a claim notes the newest it has seen: therefore
//! the changes of one customer are written one at a time.

use crate::ledger::postgres::problem::Problem;
use sqlx::postgres::PgConnection;

/// A change of consent.
pub(crate) struct Change<'a> {
    pub(crate) customer: &'a str,
    pub(crate) company: &'a str,
    pub(crate) at: i64,
    pub(crate) opted_out: bool,
    /// The decision, or the message, that it came of.
    pub(crate) cause: &'a str,
}

/// Waits for its turn; it lasts until the transaction ends.
pub(crate) async fn one_at_a_time(connection: &mut PgConnection, change: &Change<'_>) -> Result<(), Problem> {
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || $1 || ' ' || $2, 0))";
    sqlx::query(sql).bind(change.customer).bind(change.company).execute(connection).await?;
    Ok(())
}

/// Appends a change. What is dated after now was dated by a clock that has gone back since: it comes before this change all the same.
pub(crate) async fn append(connection: &mut PgConnection, change: &Change<'_>, now: i64) -> Result<(), Problem> {
    one_at_a_time(connection, change).await?;
    let at = change.at.min(now);
    let earlier = sqlx::query("UPDATE consents SET at = $3 WHERE customer = $1 AND company = $2 AND at > $4");
    earlier.bind(change.customer).bind(change.company).bind(at).bind(now).execute(&mut *connection).await?;
    let insert = sqlx::query("INSERT INTO consents (customer, company, at, opted_out, decision) VALUES ($1, $2, $3, $4, $5)");
    let insert = insert.bind(change.customer).bind(change.company).bind(at).bind(i64::from(change.opted_out));
    insert.bind(change.cause).execute(connection).await?;
    Ok(())
}
