//! `whimbrel knowledge hide|unhide|pin|unpin|boost|verify|owner|approve`: what an admin says of the knowledge.

use crate::args::CurateArgs;
use crate::config::Config;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring::{self, Knowledge};
use anyhow::bail;
use jiff::Timestamp;
use knowledge::curation::{Act, BOOST_MAX, BOOST_MIN, Curation, Target};
use knowledge::document::DocumentKey;
use knowledge::source::SourceId;
use std::process::ExitCode;
use triage::evidence::PassageId;
use triage::intent::IntentName;

/// Says it, with its audit line.
pub async fn curate(knowledge: &Knowledge, args: &CurateArgs, act: Act, screen: &Screen) -> anyhow::Result<ExitCode> {
    let target = target(knowledge, &args.target).await?;
    if matches!(act, Act::Approve { .. } | Act::Unapprove) && !matches!(target, Target::Passage { .. }) {
        bail!("only a passage can be approved: `whimbrel knowledge search TEXT` prints ids of passages");
    }
    let curation = Curation { act, target, by: args.by.clone(), why: args.why.clone() };
    say(knowledge, &args.target, &curation).await?;
    screen.line(told(&args.target, &curation.act));
    screen.json(&curation)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a curation; its target must exist.
pub async fn say(knowledge: &Knowledge, name: &str, curation: &Curation) -> anyhow::Result<()> {
    if !knowledge.store.curate(curation, Timestamp::now()).await? {
        bail!("there is no `{name}`: name a passage's id (`whimbrel knowledge search` prints them), SOURCE/DOCUMENT, or a source");
    }
    Ok(())
}

/// A boost within its bounds.
pub fn boost(factor: f64) -> anyhow::Result<Act> {
    if !(BOOST_MIN..=BOOST_MAX).contains(&factor) {
        bail!("--by-factor {factor}: give a factor between {BOOST_MIN} and {BOOST_MAX}; 1 takes a boost back");
    }
    Ok(Act::Boost { factor })
}

/// An approval for an intent of the catalogue: one that nobody knows would never be asked for. None takes it back.
pub fn approve(config: &Config, home: &Home, intent: Option<&str>) -> anyhow::Result<Act> {
    let Some(name) = intent else { return Ok(Act::Unapprove) };
    let intent = IntentName(name.to_owned());
    let catalog = wiring::terms(config, home)?.catalog;
    if !catalog.intents.is_empty() && catalog.get(&intent).is_none() {
        let known: Vec<&str> = catalog.intents.iter().map(|intent| intent.name.0.as_str()).collect();
        bail!("{} knows no intent `{name}`: name one of {}", config.intents_file.display(), known.join(", "));
    }
    Ok(Act::Approve { intent })
}

fn told(name: &str, act: &Act) -> String {
    match act {
        Act::Hide | Act::Replace => format!("{name} is hidden: no search finds it from now on."),
        Act::Unhide => format!("{name} can be found again."),
        Act::Pin => format!("{name} stands before others."),
        Act::Unpin => format!("{name} stands where its score puts it."),
        Act::Boost { factor } => format!("The score of {name} is multiplied by {factor}."),
        Act::Verify { until: Some(until) } => format!("{name} holds until {}; then `whimbrel knowledge stale` lists it.", moment(*until)),
        Act::Verify { until: None } => format!("{name} has no date any more."),
        Act::Own { owner: Some(owner) } => format!("{owner} answers for {name}."),
        Act::Own { owner: None } => format!("Nobody answers for {name} any more."),
        Act::Approve { intent } => format!("{name} is the answer to {intent}."),
        Act::Unapprove => format!("{name} is an answer among others."),
    }
}

/// A source by its name, a document as SOURCE/DOCUMENT, else a passage.
async fn target(knowledge: &Knowledge, text: &str) -> anyhow::Result<Target> {
    let sources = knowledge.store.sources().await?;
    if sources.iter().any(|summary| summary.source.id.0 == text) {
        return Ok(Target::Source { source: SourceId(text.to_owned()) });
    }
    Ok(match text.split_once('/') {
        Some((source, document)) => Target::Document { source: SourceId(source.to_owned()), document: DocumentKey(document.to_owned()) },
        None => Target::Passage { passage: PassageId(text.to_owned()) },
    })
}
