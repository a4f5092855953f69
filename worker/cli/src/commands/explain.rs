//! `whimbrel explain`: a stored receipt for people, and whether it would be decided the same again.

use crate::args::ExplainArgs;
use crate::commands::receipt;
use crate::config::Config;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring;
use anyhow::{Context, bail};
use runtime::ports::records::StoredDecision;
use serde_json::{Value, json};
use std::process::ExitCode;
use triage::case::Case;
use triage::decision::Decision;

/// Prints a stored decision; with `--rerun` decides it again and names every difference.
pub async fn run(config: &Config, args: &ExplainArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let ledger = wiring::ledger::desk(config, &home).await?;
    let Some(stored) = ledger.decision(&args.id).await? else {
        bail!("there is no decision, message or ticket `{}`: `whimbrel status` counts what there is, logs name ids", args.id);
    };
    screen.line(format!("{:<11}{} of {}, decided at {}", "id", stored.id, stored.decision.receipt.ticket, moment(stored.at)));
    receipt::print(screen, &stored.decision);
    for effect in &stored.effects {
        let state = format!("{:?}", effect.state).to_lowercase();
        screen.line(format!("{:<11}{} {state} after {} tries ({})", "effect", effect.effect.name(), effect.attempts, effect.key));
    }
    if !args.rerun {
        screen.json(&stored)?;
        return Ok(ExitCode::SUCCESS);
    }
    let again = rerun(config, &home, &stored).await?;
    let differences = differences(&stored.decision, &again)?;
    match differences.is_empty() {
        true => screen.line("rerun      the same decision, byte for byte"),
        false => {
            screen.line(format!("rerun      {} difference(s):", differences.len()));
            differences.iter().for_each(|(path, was, is)| screen.line(format!("           {path}: was {was}, is {is}")));
        }
    }
    let listed: Vec<Value> = differences.iter().map(|(path, was, is)| json!({ "field": path, "was": was, "is": is })).collect();
    screen.json(&json!({ "stored": stored, "rerun": { "same": differences.is_empty(), "differences": listed } }))?;
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Decides the same message again, with the knowledge of then as far as it is still there.
async fn rerun(config: &Config, home: &Home, stored: &StoredDecision) -> anyhow::Result<Decision> {
    let ledger = wiring::ledger::desk(config, home).await?;
    let ticket = ledger.ticket(&stored.decision.receipt.ticket).await?.context("the conversation is no longer in the ledger")?;
    let case = Case::at(&ticket, &stored.message)?.decided_at(stored.decision.receipt.as_of);
    let knowledge = wiring::knowledge(config, home)?;
    Ok(wiring::triage_of(config, home, &knowledge)?.decide(&case).await?)
}

/// Every field that differs: its path, its value then, its value now.
fn differences(was: &Decision, is: &Decision) -> anyhow::Result<Vec<(String, String, String)>> {
    let mut found = Vec::new();
    compare("", &serde_json::to_value(was)?, &serde_json::to_value(is)?, &mut found);
    Ok(found)
}

fn compare(path: &str, was: &Value, is: &Value, found: &mut Vec<(String, String, String)>) {
    match (was, is) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                compare(&inner, a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (was, is) if was != is => found.push((path.to_owned(), short(was), short(is))),
        (_, _) => {}
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
