//! `whimbrel evaluate intents`: how good the local classifier is on labelled messages that it has not seen.

use crate::args::evaluate::EvaluateIntentsArgs;
use crate::commands::knowledge_sync::spinner;
use crate::commands::learn::SEED;
use crate::commands::lone_message;
use crate::config::Config;
use crate::screen::Screen;
use crate::wiring;
use adapters::clock::cpu;
use adapters::loader::rows;
use anyhow::{Context, bail};
use knowledge::learned::augment::noisy;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::Example;
use knowledge::learned::model::Model;
use knowledge::learned::scope::{ASSUMED_SHARE, estimate_share, resharing};
use knowledge::learned::training::train;
use knowledge::ports::embedder::Embedder;
use serde::{Deserialize, Serialize};
use simulations::interval::Rate;
use simulations::metrics::confidence::{Answer, auroc, calibration_error, coverage_at_precision, false_positives_at, risk_coverage_area};
use simulations::metrics::labels::{Pair, accuracy, macro_f1, matthews};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use triage::classification::Classification;
use triage::intent::{IntentCatalog, IntentName, OUT_OF_SCOPE};
use triage::ports::Classifier;
use triage::random::Random;

/// The precision that thresholds aim at.
pub const AIM: f64 = 0.95;
/// Seed of the misspelling of judged messages; another one than that of the training.
const NOISE_SEED: u64 = 99;
/// Thresholds over which the best correlation is looked for: tenths.
const TENTHS: usize = 9;

/// Answers above a threshold that training data alone chose.
#[derive(Debug, Serialize)]
pub struct AtThreshold {
    /// The share of messages outside all intents that it was chosen for.
    pub out_of_scope_share: f64,
    /// Answered from this confidence on.
    pub confidence: f64,
    /// Share of all messages that is answered.
    pub answered: Rate,
    /// Share of these that is right: what was aimed at and what came.
    pub precision: Rate,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Labelled messages that were learned from.
    pub examples: usize,
    /// Intents among them.
    pub intents: usize,
    /// Messages that were judged.
    pub messages: usize,
    /// How many of them lie outside all intents.
    pub messages_out_of_scope: usize,
    /// Turns texts into vectors.
    pub embedder: String,
    /// Share of all messages that get their true label; `oos` below the threshold that training data chose.
    pub accuracy: f64,
    /// Share of the messages inside whose first intent is right, nothing rejected.
    pub accuracy_in_scope: f64,
    /// Mean F1 over labels, with the same threshold.
    pub macro_f1: f64,
    /// Best correlation of Matthews over the thresholds 0.1, 0.2 … 0.9 (the best of them is read off the judged messages).
    pub mcc_best: f64,
    /// Expected calibration error of the confidence, messages outside included, at their stated or else estimated share.
    pub ece: f64,
    /// The same for messages inside: probability of the first intent being right.
    pub ece_in_scope: f64,
    /// Area under the risk-coverage curve; lower is better.
    pub aurc: f64,
    /// How well messages outside are told apart; absent when there are none.
    pub auroc_out_of_scope: Option<f64>,
    /// Share of the messages outside that pass when 95 % of those inside do.
    pub fpr_at_95_tpr: Option<f64>,
    /// Largest share that can be answered at 95 % precision, with the best of all thresholds.
    pub coverage_at_95_precision: f64,
    /// Share of messages outside, estimated from the unlabelled messages.
    pub out_of_scope_share_estimated: f64,
    /// With a threshold from training data for the stated share, where one was stated.
    pub at_stated_share: Option<AtThreshold>,
    /// With a threshold from training data for the estimated share.
    pub at_estimated_share: AtThreshold,
    /// Processor time of one message, embedding included.
    pub microseconds_per_message: f64,
    /// Processor time of the training.
    pub training_seconds: f64,
}

/// A labelled message, as a line of the files.
#[derive(Debug, Deserialize)]
struct Labelled {
    text: String,
    /// What it is about; `oos` alone lies outside all intents.
    intents: Vec<IntentName>,
}

impl Labelled {
    fn is_outside(&self) -> bool {
        self.intents.iter().any(IntentName::is_out_of_scope)
    }
}

/// One judged message.
struct Judged<'a> {
    predicted: &'a IntentName,
    outside: f64,
    right_if_inside: f64,
    truth: &'a Labelled,
}

impl<'a> Judged<'a> {
    fn new(said: &'a Classification, truth: &'a Labelled, nothing: &'a IntentName) -> Self {
        let predicted = said.intents.iter().map(|ranked| &ranked.name).find(|name| !name.is_out_of_scope()).unwrap_or(nothing);
        let inside = (1.0 - said.out_of_scope).max(f64::MIN_POSITIVE);
        Judged { predicted, outside: said.out_of_scope, right_if_inside: (said.confidence / inside).min(1.0), truth }
    }

    fn is_right(&self) -> bool {
        self.truth.intents.contains(self.predicted)
    }

    /// The confidence when such a share of all messages lies outside.
    fn confidence(&self, share: f64) -> f64 {
        (1.0 - resharing(self.outside, share)) * self.right_if_inside
    }

    fn answer(&self, share: f64) -> Answer {
        Answer { confidence: self.confidence(share), right: self.is_right() }
    }

    /// The label under a threshold, and the true one: of several the one that was met.
    fn pair(&self, share: f64, threshold: f64) -> Pair<'a> {
        let predicted = if self.confidence(share) >= threshold { self.predicted.0.as_str() } else { OUT_OF_SCOPE };
        let met = self.truth.intents.iter().find(|intent| intent.0 == predicted).or(self.truth.intents.first());
        (predicted, met.map_or(OUT_OF_SCOPE, |intent| intent.0.as_str()))
    }
}

/// Trains on one file, judges on the other.
pub async fn run(config: &Config, args: &EvaluateIntentsArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let embedder = wiring::embedder(config)?;
    let known: Vec<Labelled> = rows::read(Path::new(&args.train))?;
    let mut unseen: Vec<Labelled> = rows::read(Path::new(&args.test))?;
    unseen.retain(|row| !row.intents.is_empty());
    if unseen.is_empty() {
        bail!("{} holds no labelled message: each line needs `text` and `intents`", args.test);
    }
    if args.noise {
        let mut random = Random::seeded(NOISE_SEED);
        unseen.iter_mut().for_each(|row| row.text = noisy(&row.text, &mut random));
    }
    let bar = spinner(screen, "training");
    let started = cpu::process_seconds();
    let example = |row: &Labelled| Some(Example { text: row.text.clone(), intent: row.intents.first()?.clone(), language: None });
    let examples: Vec<Example> = known.iter().filter_map(example).collect();
    let model = train(&examples, &IntentCatalog::default(), embedder.as_ref(), SEED)
        .await
        .with_context(|| format!("cannot learn from {}", args.train))?;
    let training_seconds = cpu::process_seconds() - started;
    bar.set_message("judging");
    let started = cpu::process_seconds();
    let read = classify(&model, embedder.clone(), &unseen).await?;
    let microseconds_per_message = (cpu::process_seconds() - started) * 1e6 / unseen.len() as f64;
    bar.finish_and_clear();
    let labelled_outside = known.iter().filter(|row| row.is_outside()).count() as f64 / known.len().max(1) as f64;
    let figures = Figures {
        embedder: embedder.name().to_owned(),
        microseconds_per_message,
        training_seconds,
        ..figures(&model, &read, &unseen, args.out_of_scope_share, labelled_outside)
    };
    print(screen, &figures);
    screen.json(&figures)?;
    Ok(ExitCode::SUCCESS)
}

/// Every message by itself, through the port that the worker uses.
async fn classify(model: &Model, embedder: Arc<dyn Embedder>, unseen: &[Labelled]) -> anyhow::Result<Vec<Classification>> {
    let classifier = LocalClassifier::new(Arc::new(model.clone()), embedder)?;
    let mut read = Vec::with_capacity(unseen.len());
    for row in unseen {
        read.push(classifier.classify(&lone_message::case(&row.text)?, &row.text).await?);
    }
    Ok(read)
}

fn figures(model: &Model, read: &[Classification], unseen: &[Labelled], stated: Option<f64>, labelled_outside: f64) -> Figures {
    let nothing = IntentName(OUT_OF_SCOPE.to_owned());
    let judge = |(said, truth)| Judged::new(said, truth, &nothing);
    let judged: Vec<Judged<'_>> = read.iter().zip(unseen).map(judge).collect();
    let inside: Vec<&Judged<'_>> = judged.iter().filter(|one| !one.truth.is_outside()).collect();
    let estimated = estimate_share(&judged.iter().map(|one| one.outside).collect::<Vec<_>>());
    let share = stated.unwrap_or(ASSUMED_SHARE);
    let held_out = &model.parts().held_out;
    let threshold = held_out.for_accuracy(stated.unwrap_or(labelled_outside));
    let pairs = |threshold: f64| judged.iter().map(|one| one.pair(share, threshold)).collect::<Vec<_>>();
    let answers: Vec<Answer> = judged.iter().map(|one| one.answer(share)).collect();
    let scope: Vec<Answer> = judged.iter().map(|one| Answer { confidence: 1.0 - one.outside, right: !one.truth.is_outside() }).collect();
    let inside_answers: Vec<Answer> = inside.iter().map(|one| Answer { confidence: one.right_if_inside, right: one.is_right() }).collect();
    let at = |share: f64| at_threshold(&judged, share, held_out.for_precision(AIM, share).confidence);
    Figures {
        examples: model.parts().examples,
        intents: model.parts().intents.len(),
        messages: judged.len(),
        messages_out_of_scope: judged.len() - inside.len(),
        embedder: String::new(),
        accuracy: accuracy(&pairs(threshold)),
        accuracy_in_scope: Rate::wilson(inside.iter().filter(|one| one.is_right()).count(), inside.len()).value(),
        macro_f1: macro_f1(&pairs(threshold)),
        mcc_best: (1..=TENTHS).map(|tenths| matthews(&pairs(tenths as f64 / 10.0))).fold(f64::NEG_INFINITY, f64::max),
        ece: calibration_error(&judged.iter().map(|one| one.answer(stated.unwrap_or(estimated))).collect::<Vec<_>>()),
        ece_in_scope: calibration_error(&inside_answers),
        aurc: risk_coverage_area(&answers),
        auroc_out_of_scope: auroc(&scope),
        fpr_at_95_tpr: false_positives_at(&scope, AIM),
        coverage_at_95_precision: coverage_at_precision(&answers, AIM),
        out_of_scope_share_estimated: estimated,
        at_stated_share: stated.map(at),
        at_estimated_share: at(estimated),
        microseconds_per_message: 0.0,
        training_seconds: 0.0,
    }
}

/// What comes of a threshold.
fn at_threshold(judged: &[Judged<'_>], share: f64, confidence: f64) -> AtThreshold {
    let answered: Vec<&Judged<'_>> = judged.iter().filter(|one| one.confidence(share) >= confidence).collect();
    let right = answered.iter().filter(|one| one.is_right()).count();
    AtThreshold {
        out_of_scope_share: share,
        confidence,
        answered: Rate::wilson(answered.len(), judged.len()),
        precision: Rate::wilson(right, answered.len()),
    }
}

fn print(screen: &Screen, figures: &Figures) {
    let percent = |value: f64| format!("{:.1} %", value * 100.0);
    let optional = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let at = |at: &AtThreshold| {
        format!(
            "answers {} ({} of them right, {} to {})",
            percent(at.answered.value()),
            percent(at.precision.value()),
            percent(at.precision.low),
            percent(at.precision.high)
        )
    };
    let mut rows = vec![
        (
            "learned from",
            format!("{} messages of {} intents in {:.1} s of processor time", figures.examples, figures.intents, figures.training_seconds),
        ),
        ("judged on", format!("{} messages, {} of them out of scope", figures.messages, figures.messages_out_of_scope)),
        ("embedder", figures.embedder.clone()),
        ("accuracy", percent(figures.accuracy)),
        ("accuracy in scope", percent(figures.accuracy_in_scope)),
        ("macro F1", format!("{:.3}", figures.macro_f1)),
        ("best MCC over thresholds", format!("{:.3}", figures.mcc_best)),
        ("ECE, in scope", format!("{:.3}, {:.3}", figures.ece, figures.ece_in_scope)),
        ("AURC", format!("{:.4}", figures.aurc)),
        ("out of scope AUROC", optional(figures.auroc_out_of_scope)),
        ("FPR at 95 % TPR", optional(figures.fpr_at_95_tpr)),
        ("coverage at 95 % precision, best threshold", percent(figures.coverage_at_95_precision)),
        ("out of scope, estimated without labels", percent(figures.out_of_scope_share_estimated)),
        ("aim 95 %, threshold from training data, estimated share", at(&figures.at_estimated_share)),
    ];
    if let Some(stated) = &figures.at_stated_share {
        rows.push(("the same with the stated share", at(stated)));
    }
    rows.push(("processor time a message", format!("{:.0} µs", figures.microseconds_per_message)));
    screen.table(&["figure", "value"], rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect());
}
