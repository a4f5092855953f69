//! What `whimbrel doctor` says of a shared ledger: connection, version, rights, migrations, clock.

use crate::config::Config;
use crate::config::ledger::LedgerKind;
use crate::wiring;
use adapters::ledger::postgres::check::{Server, ask};
use anyhow::anyhow;

/// A clock that is off by more than this is worth a word, in milliseconds.
const CLOCK_OFF_MS: i64 = 5_000;

/// Every check of the server; none where the ledger is a file.
pub async fn check(config: &Config) -> Vec<(&'static str, anyhow::Result<String>)> {
    if config.ledger.kind == LedgerKind::Sqlite {
        return Vec::new();
    }
    let asked = async { anyhow::Ok(ask(&config.ledger.postgres, wiring::ledger::url(config)?.reveal()).await?) }.await;
    match asked {
        Err(error) => vec![("PostgreSQL", Err(error))],
        Ok(server) => of_server(config, server),
    }
}

fn of_server(config: &Config, server: Server) -> Vec<(&'static str, anyhow::Result<String>)> {
    let way = if server.is_encrypted { "over TLS" } else { "not encrypted (sslmode=verify-full in the address asks for TLS)" };
    let clock = match server.ahead_ms.abs() > CLOCK_OFF_MS {
        true => format!("this machine's clock is off by {} s; workers go by the server's", server.ahead_ms / 1_000),
        false => "this machine's clock agrees".to_owned(),
    };
    // A worker watches over two more, and the accounts of the model have one.
    let needed = i64::from(config.ledger.postgres.connections_max) + 3;
    let connections = match needed > server.connections_max {
        true => Err(anyhow!(
            "a worker may need {needed}, the server takes {}: raise max_connections there, or lower ledger.postgres.connections_max",
            server.connections_max
        )),
        false => Ok(format!("room for {} workers of {needed} connections", server.connections_max / needed)),
    };
    vec![
        ("PostgreSQL", server.version.map(|version| format!("version {version}, {way}")).map_err(|says| anyhow!(says))),
        ("server's clock", Ok(clock)),
        ("connections", connections),
        ("rights", server.rights.map_err(|says| anyhow!(says))),
        ("migrations", server.migrations.map(|()| "all are applied".to_owned()).map_err(|says| anyhow!(says))),
    ]
}
