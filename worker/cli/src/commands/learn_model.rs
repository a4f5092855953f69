//! The model's part of `whimbrel learn`: a gate of its own, fitted on past turns that the local mind could not answer.

use crate::commands::learn::{SEED, SPANS, lifted, question};
use crate::config::Config;
use crate::home::Home;
use crate::wiring::{self, Knowledge};
use anyhow::Context;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::{Example, examples_of};
use knowledge::learned::training::train;
use serde::Serialize;
use simulations::calibrate::{Judged, calibrate};
use simulations::compare::{Comparison, compare};
use std::sync::Arc;
use triage::cascade::misses_the_dial;
use triage::past::PastTicket;
use triage::terms::Terms;

/// What was learned of the model.
#[derive(Debug, Serialize)]
pub struct LearnedModel {
    /// Past turns that it was asked about: those that the local mind could not answer.
    pub asked: usize,
    /// Its would-be replies that could be judged.
    pub judged: usize,
    /// Of these: wrong.
    pub wrong: usize,
    /// What it cost, in millionths of a US dollar.
    pub cost_micro_usd: u64,
    /// Why its gate was not calibrated.
    pub not_calibrated: Option<String>,
}

impl LearnedModel {
    /// For people.
    pub fn line(&self) -> String {
        let cost = self.cost_micro_usd as f64 / 1_000_000.0;
        let gate =
            self.not_calibrated.as_ref().map_or("its gate is calibrated".to_owned(), |why| format!("its gate is not calibrated: {why}"));
        format!(
            "Asked the model about {} past turns for ${cost:.2}; {} replies could be judged, {} of them wrong; {gate}.",
            self.asked, self.judged, self.wrong
        )
    }
}

/// Replays the last span of history up to so many turns that need the model, with what was known before it, and writes the gate.
/// Ceilings and limits are lifted as for the local gate; the caps in money hold.
pub async fn learn_model(
    config: &Config,
    home: &Home,
    knowledge: &Knowledge,
    tickets: &[PastTicket],
    turns_max: usize,
) -> anyhow::Result<LearnedModel> {
    let terms = wiring::terms(config, home)?;
    let span = tickets.len().div_ceil(SPANS).max(1);
    let (before, rest) = tickets.split_at(((SPANS - 1) * span).min(tickets.len()));
    let examples: Vec<Example> = before.iter().filter_map(examples_of).collect();
    let model = train(&examples, &terms.catalog, knowledge.embedder.as_ref(), SEED).await?;
    let classifier = Arc::new(LocalClassifier::new(Arc::new(model), knowledge.embedder.clone())?);
    let local = wiring::triage(terms.clone(), classifier.clone(), knowledge.retriever.clone());
    let open = Terms::new(lifted(&terms.policy), terms.catalog.clone(), terms.gate.clone());
    let first = wiring::triage(open, classifier, knowledge.retriever.clone());
    let second = wiring::model::second_mind(config, home, &first, None)?;
    let second = second.context("there is no model to calibrate: set model.kind, model.base_url and model.name")?;
    let (mut judged, mut learned) = (Vec::new(), LearnedModel { asked: 0, judged: 0, wrong: 0, cost_micro_usd: 0, not_calibrated: None });
    for past in rest {
        let Some(asked) = question(past)? else { continue };
        if learned.asked >= turns_max || !misses_the_dial(&local.decide_alone(&asked.case).await?) {
            continue;
        }
        let consulted = second.decide(&asked.case).await;
        learned.asked += 1;
        learned.cost_micro_usd += consulted.consultations.iter().map(|one| one.cost_micro_usd).sum::<u64>();
        let Some(decision) = consulted.decision else { continue };
        let comparison = decision.receipt.would_be.as_ref().map(|text| compare(text, decision.intent.as_ref(), &asked.human));
        if let (Some(judgement), Some(is_wrong)) = (decision.receipt.judgement, comparison.and_then(Comparison::is_wrong)) {
            judged.push(Judged { signals: judgement.signals, is_wrong });
        }
    }
    learned.judged = judged.len();
    learned.wrong = judged.iter().filter(|one| one.is_wrong).count();
    let until = tickets.last().and_then(|past| past.ticket.messages.last()).map_or(jiff::Timestamp::UNIX_EPOCH, |message| message.at);
    match calibrate(&judged, until) {
        Ok(gate) => Home::replace(&home.model_gate(), &serde_json::to_vec_pretty(&gate)?)?,
        Err(error) => learned.not_calibrated = Some(error.to_string()),
    }
    Ok(learned)
}
