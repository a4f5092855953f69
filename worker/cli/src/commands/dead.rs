//! `whimbrel dead`: what could not be dealt with.

use crate::args::DeadCommand;
use crate::config::Config;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring;
use anyhow::bail;
use jiff::Timestamp;
use runtime::ports::records::{DeadLetterId, Records};
use serde_json::json;
use std::process::ExitCode;

/// Lists, retries or discards dead letters.
pub async fn run(config: &Config, command: &DeadCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    let ledger = wiring::desk_ledger(&Home::open(&config.data_dir)?)?;
    match command {
        DeadCommand::List { limit } => {
            let letters = ledger.dead_letters(*limit).await?;
            screen.json(&letters)?;
            if letters.is_empty() {
                screen.line("No dead letters.");
                return Ok(ExitCode::SUCCESS);
            }
            let rows = letters.iter().map(|letter| {
                let about = letter.message.as_ref().map(ToString::to_string).or_else(|| letter.effect.as_ref().map(ToString::to_string));
                vec![letter.id.0.to_string(), letter.kind.clone(), about.unwrap_or_default(), moment(letter.at), letter.reason.clone()]
            });
            screen.table(&["no.", "kind", "message or effect", "given up", "why"], rows.collect());
            screen.line("`whimbrel dead retry NO` tries one again, `whimbrel dead discard NO` closes it.");
        }
        DeadCommand::Retry { id } => {
            if !ledger.retry_dead(DeadLetterId(*id), Timestamp::now()).await? {
                bail!(
                    "there is no open dead letter {id} that can be tried again: `whimbrel dead list` shows them; what is malformed can only be mended at its source and enqueued anew"
                );
            }
            screen.line(format!("Dead letter {id} will be tried again by the worker."));
            screen.json(&json!({ "retried": id }))?;
        }
        DeadCommand::Discard { id } => {
            if !ledger.discard_dead(DeadLetterId(*id), Timestamp::now()).await? {
                bail!("there is no open dead letter {id}: `whimbrel dead list` shows them");
            }
            screen.line(format!("Dead letter {id} is closed."));
            screen.json(&json!({ "discarded": id }))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
