//! What `whimbrel doctor` asks a server.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::schema::{RequireNewest, VERSION_MIN};
use crate::ledger::postgres::settings::PostgresSettings;
use crate::ledger::postgres::store::{Store, Verb, options};
use async_trait::async_trait;
use runtime::ports::ledger::LedgerError;
use sqlx::postgres::PgConnection;

/// What a server says of itself and of us. Every check that failed stands as an error in words, with what to do.
pub struct Server {
    /// Its version, such as `15.18`.
    pub version: Result<String, String>,
    /// Where it stands relative to this machine's clock, in milliseconds; more than nothing when the server is ahead.
    pub ahead_ms: i64,
    /// Whether the connection is encrypted.
    pub is_encrypted: bool,
    /// This user may make or use the schema.
    pub rights: Result<String, String>,
    /// The migrations.
    pub migrations: Result<(), String>,
    /// Connections that the server takes.
    pub connections_max: i64,
}

/// Connects and asks; changes nothing.
pub async fn ask(settings: &PostgresSettings, url: &str) -> Result<Server, LedgerError> {
    let one = PostgresSettings { connections_max: 1, ..settings.clone() };
    let store = Store::connect(options(url, &one, "doctor")?, &one).await?;
    let (number, version, at, is_encrypted, may_create, may_use, connections_max) = store.run(&Ask { schema: &settings.schema }).await?;
    let version = match number >= VERSION_MIN {
        true => Ok(version),
        false => Err(format!("version {version} is too old: Whimbrel needs PostgreSQL {} or newer", VERSION_MIN / 10_000)),
    };
    let rights = match (may_use, may_create) {
        (Some(true), _) => Ok(format!("may use the schema {}", settings.schema)),
        (None, true) => Ok(format!("may make the schema {}", settings.schema)),
        (Some(false), _) => Err(format!("may not use the schema {0}: `GRANT USAGE, CREATE ON SCHEMA {0} TO …`", settings.schema)),
        (None, false) => {
            Err("may not make a schema: `GRANT CREATE ON DATABASE … TO …`, or name one in ledger.postgres.schema that is there".to_owned())
        }
    };
    let migrations = store.run(&RequireNewest { schema: &settings.schema }).await.map_err(|error| error.problem);
    let ahead_ms = at.saturating_sub(jiff::Timestamp::now().as_millisecond());
    Ok(Server { version, ahead_ms, is_encrypted, rights, migrations, connections_max })
}

/// Number and words of the version, time, TLS, right to create schemas, right to use ours (none: it is absent), connections.
type Answers = (i32, String, i64, bool, bool, Option<bool>, i64);

struct Ask<'a> {
    schema: &'a str,
}

#[async_trait]
impl Verb for Ask<'_> {
    type Answer = Answers;

    async fn run(&self, connection: &mut PgConnection) -> Result<Answers, Problem> {
        let ask = sqlx::query_as(
            "SELECT current_setting('server_version_num')::int, split_part(current_setting('server_version'), ' ', 1),
             (floor(extract(epoch FROM clock_timestamp()) * 1000))::bigint,
             COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE),
             has_database_privilege(current_database(), 'CREATE'),
             (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = $1),
             current_setting('max_connections')::bigint",
        );
        Ok(ask.bind(self.schema).fetch_one(connection).await?)
    }
}
