//! What can go wrong with PostgreSQL, and how it is told. Neither a value of a row nor the address stands in an error: rows
//! hold message text and phone numbers, the address a password.

use runtime::ports::ledger::LedgerError;
use sqlx::Error;

/// What is told of an address that cannot be read.
pub(crate) const ADDRESS: &str = "the address of PostgreSQL cannot be read: write postgres://USER:PASSWORD@HOST:5432/DATABASE";

/// A verb did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// PostgreSQL, or the way to it, says so.
    #[error("PostgreSQL")]
    Sqlx(#[from] Error),
    /// JSON of ours could not be written or read.
    #[error("JSON")]
    Json(#[from] serde_json::Error),
    /// A column holds what this program never writes.
    #[error("{0}")]
    Row(&'static str),
    /// The schema is not what this program needs.
    #[error("{0}")]
    Schema(String),
}

impl Problem {
    /// PostgreSQL took the whole transaction back because of another one: the same again will do.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// The connection is gone, or the server is: another connection may do.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Problem::Sqlx(Error::Io(_) | Error::PoolTimedOut | Error::WorkerCrashed | Error::Protocol(_) | Error::BeginFailed) => true,
            Problem::Sqlx(_) => self.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P0")),
            Problem::Json(_) | Problem::Row(_) | Problem::Schema(_) => false,
        }
    }

    fn code(&self) -> Option<String> {
        let Problem::Sqlx(error) = self else { return None };
        Some(error.as_database_error()?.code()?.into_owned())
    }

    /// As the port tells it.
    pub(crate) fn told(self) -> LedgerError {
        let code = self.code();
        let is_lost = self.is_lost();
        match self {
            Problem::Json(error) => {
                let place = format!("line {} column {}", error.line(), error.column());
                permanent(format!("JSON in a row cannot be read ({place}): was it written by another version of this program?"))
            }
            Problem::Row(what) => permanent(format!("a row holds an unknown {what}: was it written by another version of this program?")),
            Problem::Schema(problem) => permanent(problem),
            Problem::Sqlx(Error::PoolTimedOut) => transient(
                "no connection to PostgreSQL came free in time: is the server up, and is ledger.postgres.connections_max enough? \
                 Nothing was written, and it goes on by itself"
                    .to_owned(),
            ),
            Problem::Sqlx(Error::Tls(_)) => permanent(
                "PostgreSQL was reached, but not over TLS as the address asks: check sslmode and sslrootcert in it, and the server's certificate"
                    .to_owned(),
            ),
            Problem::Sqlx(Error::Configuration(_)) => permanent(ADDRESS.to_owned()),
            Problem::Sqlx(_) => match code {
                Some(code) => database(&code),
                None if is_lost => transient(
                    "the connection to PostgreSQL was lost: it goes on by itself once the server can be reached again; `whimbrel doctor` looks"
                        .to_owned(),
                ),
                None => permanent("a row cannot be read: was it written by another version of this program?".to_owned()),
            },
        }
    }
}

/// Trying again may help.
pub(crate) fn transient(problem: String) -> LedgerError {
    LedgerError { problem, is_transient: true }
}

/// Trying again does not help.
pub(crate) fn permanent(problem: String) -> LedgerError {
    LedgerError { problem, is_transient: false }
}

/// By the code, as https://www.postgresql.org/docs/current/errcodes-appendix.html lists them.
fn database(code: &str) -> LedgerError {
    let told = |text: &str| format!("{text} (PostgreSQL code {code})");
    match code {
        "40001" | "40P01" => {
            transient(told("workers were in one another's way again and again; nothing was written, and it goes on by itself"))
        }
        "55P03" => transient(told(
            "a lock did not come free within ledger.postgres.lock_timeout_ms: does someone hold the tables? `whimbrel doctor` names no one; look into pg_stat_activity",
        )),
        "57014" => transient(told(
            "a statement took longer than ledger.postgres.statement_timeout_ms: is the server overloaded? nothing was written, and it goes on by itself",
        )),
        "25006" => transient(told(
            "this server only reads: it is a standby, or its disk is full; it goes on by itself once the address leads to the one that writes",
        )),
        "53100" => transient(told("the server's disk is full: nothing was written; make room and it goes on by itself")),
        "53300" => {
            transient(told("the server takes no more connections: raise max_connections there, or lower ledger.postgres.connections_max"))
        }
        _ if code.starts_with("53") || code.starts_with("58") => {
            transient(told("the server lacks memory or cannot use its disk: nothing was written, and it goes on by itself"))
        }
        _ if code.starts_with("08") || code.starts_with("57P0") => {
            transient(told("the server shuts down, starts up, or has cut the connection: it goes on by itself"))
        }
        _ if code.starts_with("28") => {
            permanent(told("the server does not let this user in: check user and password in the address, and pg_hba.conf on the server"))
        }
        "3D000" => permanent(told("the database of the address does not exist: create it with `createdb NAME`")),
        "42501" => permanent(told(
            "this user may not do that: `GRANT CREATE ON DATABASE … TO …`, or let `whimbrel setup postgres` run as the owner",
        )),
        "3F000" | "42P01" => permanent(told("the ledger's tables are not there: run `whimbrel setup postgres`")),
        _ => permanent(told("a statement was refused")),
    }
}
