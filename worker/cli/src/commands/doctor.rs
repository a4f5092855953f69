//! `whimbrel doctor`: checks everything and changes nothing.

use crate::commands::{doctor_inbox, doctor_index, doctor_ledger, doctor_model, embedders};
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use knowledge::ports::embedder::Embedder;
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// How a check ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Health {
    Ok,
    Note,
    Fault,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    what: &'static str,
    health: Health,
    says: String,
}

impl Check {
    fn of(what: &'static str, result: anyhow::Result<String>) -> Self {
        match result {
            Ok(says) => Check { what, health: Health::Ok, says },
            Err(error) => Check { what, health: Health::Fault, says: format!("{error:#}") },
        }
    }

    fn note(what: &'static str, says: impl Into<String>) -> Self {
        Check { what, health: Health::Note, says: says.into() }
    }
}

/// Prints every check; the exit code is 1 when one found a fault.
pub async fn run(config: &Config, screen: &Screen) -> anyhow::Result<ExitCode> {
    let mut checks = vec![Check::of("configuration", Ok("every key is known and every value can work".to_owned()))];
    for (what, file) in [("policy", &config.policy_file), ("intents", &config.intents_file)] {
        if !file.exists() {
            checks.push(Check::note(what, format!("{} does not exist: the defaults hold", file.display())));
        }
    }
    match Home::open(&config.data_dir) {
        Err(error) => checks.push(Check::of("data folder", Err(error))),
        Ok(home) => {
            checks.push(Check::of("data folder", writable(home.root())));
            of_home(config, &home, &mut checks).await;
        }
    }
    let rows = checks.iter().map(|check| {
        let sign = match check.health {
            Health::Ok => "ok",
            Health::Note => "note",
            Health::Fault => "FAULT",
        };
        vec![sign.to_owned(), check.what.to_owned(), check.says.clone()]
    });
    screen.table(&["", "what", "says"], rows.collect());
    screen.json(&checks)?;
    let faulty = checks.iter().any(|check| check.health == Health::Fault);
    Ok(if faulty { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn of_home(config: &Config, home: &Home, checks: &mut Vec<Check>) {
    match wiring::terms(config, home) {
        Err(error) => checks.push(Check::of("policy", Err(error))),
        Ok(terms) => {
            checks.push(Check::of(
                "policy",
                Ok(format!(
                    "{} intents, {} rules, dial {}",
                    terms.catalog.intents.len(),
                    terms.policy.rules.len(),
                    terms.policy.max_wrong_per_100
                )),
            ));
            checks.push(match &terms.gate.calibration {
                Some(calibration) => {
                    Check::of("gate", Ok(format!("calibrated on {} judged answers until {}", calibration.samples, calibration.until)))
                }
                None => Check::note("gate", "not calibrated: nothing is sent by itself; run `whimbrel learn TICKETS`"),
            });
        }
    }
    for (what, result) in doctor_ledger::check(config).await {
        checks.push(Check::of(what, result));
    }
    let ledger = async { anyhow::Ok(wiring::ledger::desk(config, home).await?.status().await?) }.await;
    checks
        .push(Check::of("ledger", ledger.map(|status| format!("{} messages, {} dead letters open", status.received, status.dead_letters))));
    match wiring::embedder(config) {
        Err(error) => checks.push(Check::of("embedder", Err(error))),
        Ok(embedder) => {
            let (name, dimensions, languages) = (embedder.name(), embedder.dimensions(), embedder.languages());
            checks.push(Check::of("embedder", Ok(format!("{name}, {dimensions} dimensions; {languages}"))));
            of_knowledge(config, home, embedder, checks).await;
            if let Some(result) = doctor_index::check(config, home, dimensions).await {
                checks.push(Check::of("index", result));
            }
        }
    }
    if let Some(result) = doctor_model::check(config).await {
        checks.push(Check::of("model", result));
    }
    checks.push(Check::note("embedders", embedders::others(config.embedder.kind)));
    checks.extend(doctor_inbox::check(config, home).await.into_iter().map(|(what, result)| Check::of(what, result)));
}

async fn of_knowledge(config: &Config, home: &Home, embedder: Arc<dyn Embedder>, checks: &mut Vec<Check>) {
    let knowledge = match wiring::knowledge_with(config, home, embedder.clone()) {
        Err(error) => return checks.push(Check::of("knowledge", Err(error))),
        Ok(knowledge) => knowledge,
    };
    checks.push(match knowledge.store.sources().await {
        Ok(sources) if sources.is_empty() => {
            Check::note("knowledge", "no sources: nothing can be answered; run `whimbrel knowledge add PATH`")
        }
        Ok(sources) => {
            let passages: u64 = sources.iter().map(|summary| summary.passages).sum();
            Check::of("knowledge", Ok(format!("{} sources, {passages} passages", sources.len())))
        }
        Err(error) => Check::of("knowledge", Err(error.into())),
    });
    match knowledge.store.embedder().await {
        Ok(Some(other)) if other != embedder.name() => {
            let says = format!("embedded by {other}: run `whimbrel knowledge sync`, until then no passage is found");
            checks.push(Check::of("vectors", Err(anyhow::anyhow!(says))));
        }
        Ok(_) => {}
        Err(error) => checks.push(Check::of("vectors", Err(error.into()))),
    }
    checks.push(match wiring::classifier(home, embedder) {
        Ok(_) if !home.model().exists() => {
            Check::note("classifier", "not trained: every message goes to a person; run `whimbrel learn TICKETS`")
        }
        Ok(_) => Check::of("classifier", Ok(format!("trained, in {}", home.model().display()))),
        Err(error) => Check::of("classifier", Err(error)),
    });
}

/// Writes and removes an empty file.
fn writable(root: &Path) -> anyhow::Result<String> {
    let probe = root.join(".doctor");
    std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)).map_err(|error| {
        anyhow::anyhow!("{} cannot be written ({error}): give this user the right, or choose another data_dir", root.display())
    })?;
    Ok(format!("{} can be written", root.display()))
}
