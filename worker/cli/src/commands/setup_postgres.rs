//! `whimbrel setup postgres`: makes the ledger's tables.

use crate::config::Config;
use crate::screen::Screen;
use crate::wiring;
use adapters::ledger::postgres::PostgresLedger;
use serde_json::json;

/// Applies the migrations that are missing and says which.
pub async fn run(config: &Config, screen: &Screen) -> anyhow::Result<()> {
    let url = wiring::ledger::url(config)?;
    let schema = &config.ledger.postgres.schema;
    let applied = PostgresLedger::migrate(&config.ledger.postgres, url.reveal()).await?;
    screen.line(match applied.is_empty() {
        true => format!("The schema {schema} is at this version already."),
        false => format!("The schema {schema} is ready; applied: {}.", applied.join(", ")),
    });
    screen.json(&json!({ "schema": schema, "applied": applied }))
}
