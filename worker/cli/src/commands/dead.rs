//! `whimbrel dead`: what could not be dealt with, in the ledger and in the broker's dead queue.

use crate::args::dead::DeadCommand;
use crate::config::Config;
use crate::config::inbox::InboxKind;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring;
use adapters::inbox::amqp::dead_queue::{DeadQueue, ID_PREFIX, QueueLetter};
use anyhow::{Context, bail};
use jiff::Timestamp;
use runtime::ports::records::{DeadLetter, DeadLetterId};
use serde_json::json;
use std::process::ExitCode;

/// Lists, retries or discards dead letters.
pub async fn run(config: &Config, command: &DeadCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    match command {
        DeadCommand::List { limit } => list(config, *limit, screen).await?,
        DeadCommand::Retry { id } => {
            if !retry(config, id).await? {
                bail!(
                    "there is no open dead letter {id} that can be tried again: `whimbrel dead list` shows them; what is malformed in the ledger can only be mended at its source and enqueued anew"
                );
            }
            screen.line(format!("Dead letter {id} will be tried again by the worker."));
            screen.json(&json!({ "retried": shown(id) }))?;
        }
        DeadCommand::Discard { id } => {
            if !discard(config, id).await? {
                bail!("there is no open dead letter {id}: `whimbrel dead list` shows them");
            }
            screen.line(format!("Dead letter {id} is closed."));
            screen.json(&json!({ "discarded": shown(id) }))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The ledger's letters first. A broker that cannot be read hides none of them.
async fn list(config: &Config, limit: usize, screen: &Screen) -> anyhow::Result<()> {
    let ledger = wiring::ledger::desk(config, &Home::open(&config.data_dir)?).await?;
    let letters = ledger.dead_letters(limit).await?;
    let queued = match config.inbox.kind {
        InboxKind::Spool => Ok(Vec::new()),
        InboxKind::Amqp => in_the_broker(config, limit).await.context("the broker's dead letters could not be listed"),
    };
    let found = queued.as_deref().unwrap_or_default();
    let mut all = Vec::new();
    for letter in &letters {
        all.push(serde_json::to_value(letter)?);
    }
    for letter in found {
        all.push(serde_json::to_value(letter)?);
    }
    screen.json(&all)?;
    if all.is_empty() {
        screen.line("No dead letters.");
    } else {
        let rows = letters.iter().map(of_ledger).chain(found.iter().map(of_queue));
        screen.table(&["no.", "kind", "message or effect", "given up", "why"], rows.collect());
        screen.line("`whimbrel dead retry NO` tries one again, `whimbrel dead discard NO` closes it.");
    }
    queued.map(|_| ())
}

async fn in_the_broker(config: &Config, limit: usize) -> anyhow::Result<Vec<QueueLetter>> {
    let queue = DeadQueue::open(&wiring::inbox::amqp(config)?).await?;
    let letters = queue.list(limit).await?;
    queue.close().await;
    Ok(letters)
}

fn of_ledger(letter: &DeadLetter) -> Vec<String> {
    let about = letter.message.as_ref().map(ToString::to_string).or_else(|| letter.effect.as_ref().map(ToString::to_string));
    vec![letter.id.0.to_string(), letter.kind.clone(), about.unwrap_or_default(), moment(letter.at), letter.reason.clone()]
}

fn of_queue(letter: &QueueLetter) -> Vec<String> {
    let about = letter.message.as_ref().map(ToString::to_string).unwrap_or_default();
    let copies = if letter.copies > 1 { format!(" ({} copies)", letter.copies) } else { String::new() };
    vec![letter.id.clone(), letter.kind.clone(), about, letter.at.map(moment).unwrap_or_default(), format!("{}{copies}", letter.reason)]
}

/// A letter of the ledger has a number, one of the broker a name.
enum Id<'a> {
    Ledger(DeadLetterId),
    Queue(&'a str),
}

fn parse(id: &str) -> anyhow::Result<Id<'_>> {
    match id.parse() {
        Ok(number) => Ok(Id::Ledger(DeadLetterId(number))),
        Err(_) if id.starts_with(ID_PREFIX) => Ok(Id::Queue(id)),
        Err(_) => bail!("`{id}` names no dead letter: `whimbrel dead list` shows them"),
    }
}

async fn retry(config: &Config, id: &str) -> anyhow::Result<bool> {
    match parse(id)? {
        Id::Ledger(id) => Ok(wiring::ledger::desk(config, &Home::open(&config.data_dir)?).await?.retry_dead(id, Timestamp::now()).await?),
        Id::Queue(id) => {
            let queue = DeadQueue::open(&wiring::inbox::amqp(config)?).await?;
            let is_done = queue.retry(id).await?;
            queue.close().await;
            Ok(is_done)
        }
    }
}

async fn discard(config: &Config, id: &str) -> anyhow::Result<bool> {
    match parse(id)? {
        Id::Ledger(id) => {
            Ok(wiring::ledger::desk(config, &Home::open(&config.data_dir)?).await?.discard_dead(id, Timestamp::now()).await?)
        }
        Id::Queue(id) => {
            let queue = DeadQueue::open(&wiring::inbox::amqp(config)?).await?;
            let is_done = queue.discard(id).await?;
            queue.close().await;
            Ok(is_done)
        }
    }
}

/// A number stays one for programs.
fn shown(id: &str) -> serde_json::Value {
    id.parse::<i64>().map_or_else(|_| json!(id), |number| json!(number))
}
