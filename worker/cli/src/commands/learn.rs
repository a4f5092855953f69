//! `whimbrel learn`: intents from past tickets, and a gate calibrated on what people did with them.

use crate::args::LearnArgs;
use crate::commands::courtesy::COURTESY;
use crate::commands::knowledge_sync::{columns, spinner, sync_one};
use crate::commands::learn_model::learn_model;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring::{self, Knowledge};
use adapters::loader::combined::CombinedLoader;
use anyhow::{Context, bail};
use jiff::Timestamp;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::{Example, examples_of};
use knowledge::learned::model::Model;
use knowledge::learned::share::{self, Share};
use knowledge::learned::training::train;
use knowledge::ports::loader::{Item, Loader};
use knowledge::source::{Source, SourceId, SourceKind};
use serde::Serialize;
use simulations::calibrate::{Judged, calibrate};
use simulations::interval::Rate;
use simulations::past::{PastError, Replayable, replayable};
use simulations::replay::replay;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use triage::gate::Gate;
use triage::past::PastTicket;
use triage::policy::{Ceiling, Limits, Policy};
use triage::terms::Terms;

/// The seed of everything that is drawn while learning: same tickets, same model.
pub const SEED: u64 = 20_260_301;
/// History is cut into so many spans of equal size; each but the first is replayed with what was learned before it.
pub const SPANS: usize = 6;
/// Name of the source that past tickets become.
pub const TICKETS_SOURCE: &str = "past-tickets";

/// What was learned.
#[derive(Debug, Serialize)]
pub struct Learned {
    /// Tickets that were read.
    pub tickets: usize,
    /// Lines that could not be read.
    pub refused: usize,
    /// Labelled examples.
    pub examples: usize,
    /// Intents among them.
    pub intents: usize,
    /// The share of messages that lie outside all intents, when history tells; else the model keeps the assumed one.
    pub out_of_scope: Option<Share>,
    /// The share that the model takes for granted.
    pub out_of_scope_share: f64,
    /// Past turns that were replayed.
    pub replayed: usize,
    /// Would-be replies that could be judged.
    pub judged: usize,
    /// Of these: wrong.
    pub wrong: usize,
    /// The dial.
    pub max_wrong_per_100: f64,
    /// Would-be replies that the dial lets through, over all replayed turns, estimated.
    pub answered: Rate,
    /// Of these: wrong, on the same history that the gate was fitted on.
    pub answered_wrong: Rate,
    /// Why the gate was not calibrated.
    pub not_calibrated: Option<String>,
}

/// Learns from a file of past tickets.
pub async fn run(config: &Config, args: &LearnArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let knowledge = wiring::knowledge(config, &home)?;
    let path = std::fs::canonicalize(Path::new(&args.tickets))
        .with_context(|| format!("cannot open {}: name a file of past tickets (JSON Lines or CSV)", args.tickets))?;
    let kind = SourceKind::Tickets { columns: columns(&args.columns)? };
    let source = Source {
        id: SourceId(TICKETS_SOURCE.to_owned()),
        kind,
        location: path.to_string_lossy().into_owned(),
        language: None,
        valid_from: None,
    };
    let terms = wiring::terms(config, &home)?;
    let learned = learn(&home, &knowledge, &source, terms, args.skip_calibration, screen).await?;
    print(screen, &learned);
    let Some(turns_max) = args.model_turns else {
        screen.json(&learned)?;
        return Ok(ExitCode::SUCCESS);
    };
    let (mut tickets, _) = read(&source)?;
    tickets.sort_by_key(|past| past.ticket.messages.first().map(|message| message.at));
    let model = learn_model(config, &home, &knowledge, &tickets, turns_max).await?;
    screen.line(model.line());
    screen.json(&serde_json::json!({ "local": learned, "model": model }))?;
    Ok(ExitCode::SUCCESS)
}

/// Takes the tickets in, trains, replays, calibrates, and writes model and gate.
pub async fn learn(
    home: &Home,
    knowledge: &Knowledge,
    source: &Source,
    terms: Terms,
    skip_calibration: bool,
    screen: &Screen,
) -> anyhow::Result<Learned> {
    knowledge.store.put_source(source, Timestamp::now()).await?;
    sync_one(knowledge, source, screen).await?;
    let (mut tickets, refused) = read(source)?;
    tickets.sort_by_key(|past| past.ticket.messages.first().map(|message| message.at));
    let examples: Vec<Example> = tickets.iter().filter_map(examples_of).collect();
    if examples.is_empty() {
        bail!(
            "no ticket in {} has both a customer's text and an intent: map the columns with --column, or label some tickets",
            source.location
        );
    }
    let bar = spinner(screen, "training");
    let (model, share) = trained(knowledge, &terms, &examples, &tickets).await?;
    bar.set_message("replaying history");
    let (judged, replayed) = if skip_calibration { (Vec::new(), 0) } else { replay_history(knowledge, &tickets, &terms).await? };
    bar.finish_and_clear();
    let until = tickets.last().and_then(|past| past.ticket.messages.last()).map_or(Timestamp::UNIX_EPOCH, |message| message.at);
    let fitted = calibrate(&judged, until);
    Home::replace(&home.model(), &model.to_bytes()?)?;
    let gate = match &fitted {
        Ok(gate) => {
            Home::replace(&home.gate(), &serde_json::to_vec_pretty(gate)?)?;
            gate.clone()
        }
        Err(_) => wiring::gate(home)?,
    };
    let not_calibrated = fitted.err().map(|error| error.to_string());
    let learned = summary(&tickets, refused, &examples, &model, &judged, replayed, &gate, &terms.policy, not_calibrated);
    Ok(Learned { out_of_scope: share, ..learned })
}

/// A model of examples, for the share of out of scope that the tickets tell.
async fn trained(
    knowledge: &Knowledge,
    terms: &Terms,
    examples: &[Example],
    tickets: &[PastTicket],
) -> anyhow::Result<(Model, Option<Share>)> {
    let embedder = knowledge.embedder.as_ref();
    let model = train(examples, &terms.catalog, embedder, SEED).await?;
    let share = share::of_history(&model, tickets, embedder).await?;
    Ok((share.map_or(model.clone(), |share| model.at_share(share.value)), share))
}

/// All past tickets of a source, and how many could not be read.
fn read(source: &Source) -> anyhow::Result<(Vec<PastTicket>, usize)> {
    let (mut tickets, mut refused) = (Vec::new(), 0);
    for item in CombinedLoader::default().items(source)? {
        match item {
            Item::Ticket(past) => tickets.push(*past),
            Item::Refused(_) => refused += 1,
            Item::Document(_) => {}
        }
    }
    Ok((tickets, refused))
}

/// The policy with ceilings and limits lifted, so that every turn that can be answered is judged.
pub(crate) fn lifted(policy: &Policy) -> Policy {
    Policy {
        ceilings: Default::default(),
        default_ceiling: Ceiling::Reply,
        escalate: Default::default(),
        limits: Limits { intent_probability_min: 0.0, out_of_scope_max: 1.0, ..policy.limits.clone() },
        ..policy.clone()
    }
}

/// The opening question of a past ticket, the same that a simulation decides; none when there is no question to decide.
pub(crate) fn question(past: &PastTicket) -> anyhow::Result<Option<Replayable>> {
    match replayable(past, &COURTESY) {
        Ok(ready) => Ok(Some(ready)),
        Err(PastError::LeftOut(_)) => Ok(None),
        Err(PastError::Case(error)) => Err(error.into()),
    }
}

/// Forward in time: each span is decided with a classifier that has seen only the spans before it. Ceilings and limits are
/// lifted, so that every turn that can be answered is judged: the gate learns from what should have been left alone.
async fn replay_history(knowledge: &Knowledge, tickets: &[PastTicket], terms: &Terms) -> anyhow::Result<(Vec<Judged>, usize)> {
    let span = tickets.len().div_ceil(SPANS).max(1);
    let open = lifted(&terms.policy);
    let (mut judged, mut replayed) = (Vec::new(), 0);
    for n in 1..SPANS {
        let (before, rest) = tickets.split_at((n * span).min(tickets.len()));
        let examples: Vec<Example> = before.iter().filter_map(examples_of).collect();
        if examples.is_empty() {
            continue;
        }
        let (model, _) = trained(knowledge, terms, &examples, before).await?;
        let classifier = LocalClassifier::new(Arc::new(model), knowledge.embedder.clone())?;
        let terms = Terms::new(open.clone(), terms.catalog.clone(), Gate::cautious());
        let triage = wiring::triage(terms, Arc::new(classifier), knowledge.retriever.clone());
        for past in rest.iter().take(span) {
            let Some(question) = question(past)? else { continue };
            replayed += 1;
            let outcome = replay(&triage, &question).await?;
            let wrong = outcome.comparison.and_then(simulations::compare::Comparison::is_wrong);
            if let (Some(judgement), Some(is_wrong)) = (outcome.decision.receipt.judgement, wrong) {
                judged.push(Judged { signals: judgement.signals, is_wrong });
            }
        }
    }
    Ok((judged, replayed))
}

#[expect(clippy::too_many_arguments, reason = "one table of counts, filled in one place")]
fn summary(
    tickets: &[PastTicket],
    refused: usize,
    examples: &[Example],
    model: &Model,
    judged: &[Judged],
    replayed: usize,
    gate: &Gate,
    policy: &Policy,
    not_calibrated: Option<String>,
) -> Learned {
    let answered: Vec<&Judged> = judged.iter().filter(|one| gate.wrong_per_100(&one.signals) <= policy.max_wrong_per_100).collect();
    let answered_wrong = answered.iter().filter(|one| one.is_wrong).count();
    Learned {
        tickets: tickets.len(),
        refused,
        examples: examples.len(),
        intents: model.parts().intents.len(),
        out_of_scope: None,
        out_of_scope_share: model.parts().scope.share,
        replayed,
        judged: judged.len(),
        wrong: judged.iter().filter(|one| one.is_wrong).count(),
        max_wrong_per_100: policy.max_wrong_per_100,
        answered: Rate::wilson(answered.len(), replayed),
        answered_wrong: Rate::wilson(answered_wrong, answered.len()),
        not_calibrated,
    }
}

fn print(screen: &Screen, learned: &Learned) {
    screen.line(format!(
        "Learned {} intents from {} labelled tickets of {} ({} lines left out).",
        learned.intents, learned.examples, learned.tickets, learned.refused
    ));
    screen.line(match &learned.out_of_scope {
        Some(share) => format!(
            "{:.0} % of messages lie outside all intents: {} of {} labelled tickets, and an estimate over {} that nobody labelled.",
            share.value * 100.0,
            share.labelled_outside,
            share.labelled,
            share.unlabelled
        ),
        None => format!(
            "How many messages lie outside all intents is not known: {:.0} % is assumed. Leave tickets without a label in, or label some `oos`.",
            learned.out_of_scope_share * 100.0
        ),
    });
    if let Some(why) = &learned.not_calibrated {
        screen.line(format!("The gate is not calibrated: {why}. Until then replies stay drafts."));
        return;
    }
    let percent = |rate: &Rate| format!("{:.0} % ({:.0} to {:.0} %)", rate.value() * 100.0, rate.low * 100.0, rate.high * 100.0);
    screen.line(format!(
        "Replayed {} past turns; {} would-be replies could be judged, {} of them wrong.",
        learned.replayed, learned.judged, learned.wrong
    ));
    screen.line(format!(
        "At {} wrong per 100 an estimated {} of turns would be answered; of these {} were wrong on this history.",
        learned.max_wrong_per_100,
        percent(&learned.answered),
        percent(&learned.answered_wrong)
    ));
}
