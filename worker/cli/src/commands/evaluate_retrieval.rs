//! `whimbrel evaluate retrieval`: whether a question finds its answer, and whether it is known when there is none.

use crate::args::evaluate::EvaluateRetrievalArgs;
use crate::commands::knowledge_sync::spinner;
use crate::commands::learn::SEED;
use crate::commands::questions::{Asked, Candidate, Entry, Questions, Remembering};
use crate::config::Config;
use crate::screen::Screen;
use crate::wiring;
use adapters::loader::rows;
use anyhow::bail;
use knowledge::ports::embedder::Embedder;
use serde::Serialize;
use simulations::metrics::confidence::{Answer, auroc, coverage_at_precision};
use simulations::metrics::retrieval::{Ranking, rank};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use triage::logistic::{Logistic, Observation};
use triage::random::Random;

/// Share of the entries that a draw takes away, so that some questions have no answer.
const TAKEN_AWAY: f64 = 0.3;
/// Draws over which answering or escalating is averaged.
const DRAWS: u64 = 5;
/// The precision at which coverage is read off.
const AIM: f64 = 0.95;
/// Penalty of the judgement that is learned from past questions.
const PENALTY: f64 = 3.0;

/// Whether it is known when there is no answer: 30 % of the entries taken away, mean of five draws.
#[derive(Debug, Default, Serialize)]
pub struct AnswerOrEscalate {
    /// Chance that a question with an answer scores higher than one without.
    pub auroc: f64,
    /// Largest share of questions that can be answered with 95 % of the answers right.
    pub coverage_at_95_precision: f64,
    /// The same by the score of the first result alone.
    pub auroc_by_score: f64,
    /// The same by the score of the first result alone.
    pub coverage_at_95_precision_by_score: f64,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Entries of questions and answers.
    pub documents: usize,
    /// Past questions that were search keys.
    pub history: usize,
    /// Turns texts into vectors.
    pub embedder: String,
    /// Where the right entry stands.
    #[serde(flatten)]
    pub ranking: Ranking,
    /// Whether it is known when there is none.
    #[serde(flatten)]
    pub answer_or_escalate: AnswerOrEscalate,
}

/// Builds the knowledge from files and asks every question.
pub async fn run(config: &Config, args: &EvaluateRetrievalArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let embedder: Arc<dyn Embedder> = Arc::new(Remembering::new(wiring::embedder(config)?));
    let entries: Vec<Entry> = rows::read(Path::new(&args.documents))?;
    let is_history = |asked: &Asked| asked.split.as_deref() == Some("history");
    let mut queries: Vec<Asked> = rows::read(Path::new(&args.queries))?;
    queries.retain(|asked| !is_history(asked));
    let mut history: Vec<Asked> = args.history.as_ref().map(|path| rows::read(Path::new(path))).transpose()?.unwrap_or_default();
    history.retain(|asked| asked.split.is_none() || is_history(asked));
    if entries.is_empty() || queries.is_empty() {
        bail!(
            "nothing to judge: {} needs entries and {} needs questions that are not of the split `history`",
            args.documents,
            args.queries
        );
    }
    let bar = spinner(screen, "asking");
    let questions = Questions::build(&entries, &history, embedder.clone()).await?;
    let ranking = ranking(&questions, &queries).await?;
    let mut sums = AnswerOrEscalate::default();
    for draw in 0..DRAWS {
        bar.set_message(format!("taking answers away, {} of {DRAWS}", draw + 1));
        let drawn = answer_or_escalate(&entries, &queries, &history, &embedder, draw).await?;
        sums.auroc += drawn.auroc / DRAWS as f64;
        sums.coverage_at_95_precision += drawn.coverage_at_95_precision / DRAWS as f64;
        sums.auroc_by_score += drawn.auroc_by_score / DRAWS as f64;
        sums.coverage_at_95_precision_by_score += drawn.coverage_at_95_precision_by_score / DRAWS as f64;
    }
    bar.finish_and_clear();
    let embedder = embedder.name().to_owned();
    let figures = Figures { documents: entries.len(), history: history.len(), embedder, ranking, answer_or_escalate: sums };
    print(screen, &figures);
    screen.json(&figures)?;
    Ok(ExitCode::SUCCESS)
}

async fn ranking(questions: &Questions, queries: &[Asked]) -> anyhow::Result<Ranking> {
    let mut found = Vec::with_capacity(queries.len());
    for asked in queries {
        let candidates = questions.ask(&asked.text, None).await?;
        let relevant: Vec<bool> = candidates.iter().map(|candidate| asked.relevant.contains(&candidate.doc_id)).collect();
        found.push((relevant, asked.relevant.len()));
    }
    Ok(rank(found.iter().map(|(relevant, count)| (relevant.as_slice(), *count))))
}

/// One draw: the entries that stay are asked everything; what is right is learned from past questions, where there are any.
async fn answer_or_escalate(
    entries: &[Entry],
    queries: &[Asked],
    history: &[Asked],
    embedder: &Arc<dyn Embedder>,
    draw: u64,
) -> anyhow::Result<AnswerOrEscalate> {
    let mut places: Vec<usize> = (0..entries.len()).collect();
    Random::seeded(SEED.wrapping_add(draw)).shuffle(&mut places);
    let taken = (entries.len() as f64 * TAKEN_AWAY).round() as usize;
    let kept: Vec<Entry> = places.iter().skip(taken).filter_map(|place| entries.get(*place)).cloned().collect();
    let names: BTreeSet<&String> = kept.iter().map(|entry| &entry.doc_id).collect();
    let questions = Questions::build(&kept, history, embedder.clone()).await?;
    let mut known = Vec::new();
    for (place, asked) in history.iter().enumerate() {
        let candidates = questions.ask(&asked.text, Some(place)).await?;
        known.push(Observation { inputs: measures(&asked.text, &candidates), happened: is_right(asked, &candidates), weight: 1.0 });
    }
    let judgement = (!known.is_empty()).then(|| Logistic::fit(&known, PENALTY));
    let (mut by_judgement, mut by_score, mut answerable, mut answerable_by_score) = (vec![], vec![], vec![], vec![]);
    for asked in queries {
        let candidates = questions.ask(&asked.text, None).await?;
        let inputs = measures(&asked.text, &candidates);
        let score = inputs.first().copied().unwrap_or(0.0);
        let confidence = judgement.as_ref().map_or(score, |judgement| judgement.probability(&inputs));
        let (right, has_answer) = (is_right(asked, &candidates), asked.relevant.iter().any(|name| names.contains(name)));
        by_judgement.push(Answer { confidence, right });
        by_score.push(Answer { confidence: score, right });
        answerable.push(Answer { confidence, right: has_answer });
        answerable_by_score.push(Answer { confidence: score, right: has_answer });
    }
    Ok(AnswerOrEscalate {
        auroc: auroc(&answerable).unwrap_or(1.0),
        coverage_at_95_precision: coverage_at_precision(&by_judgement, AIM),
        auroc_by_score: auroc(&answerable_by_score).unwrap_or(1.0),
        coverage_at_95_precision_by_score: coverage_at_precision(&by_score, AIM),
    })
}

fn is_right(asked: &Asked, candidates: &[Candidate]) -> bool {
    candidates.first().is_some_and(|first| asked.relevant.contains(&first.doc_id))
}

/// Score of the first result, how far the second lies behind, nearness, word overlap, length of the question.
fn measures(text: &str, candidates: &[Candidate]) -> Vec<f64> {
    let score = |place: usize| candidates.get(place).map_or(0.0, |candidate| candidate.passage.score);
    let first = candidates.first().map(|candidate| &candidate.passage);
    vec![
        score(0),
        score(0) - score(1),
        score(0) - score(4),
        first.map_or(0.0, |passage| passage.similarity),
        first.map_or(0.0, |passage| passage.overlap),
        (1.0 + text.split_whitespace().count() as f64).ln(),
    ]
}

fn print(screen: &Screen, figures: &Figures) {
    let percent = |value: f64| format!("{:.1} %", value * 100.0);
    let (ranking, known) = (&figures.ranking, &figures.answer_or_escalate);
    let rows = [
        ("entries, past questions, questions", format!("{}, {}, {}", figures.documents, figures.history, ranking.queries)),
        ("embedder", figures.embedder.clone()),
        ("recall@1", percent(ranking.recall_at_1)),
        ("recall@5", percent(ranking.recall_at_5)),
        ("MRR@10", format!("{:.3}", ranking.mrr_at_10)),
        ("nDCG@10", format!("{:.3}", ranking.ndcg_at_10)),
        ("with 30 % of the answers taken away: AUROC", format!("{:.3} (by score alone {:.3})", known.auroc, known.auroc_by_score)),
        (
            "the same: coverage at 95 % precision",
            format!("{} (by score alone {})", percent(known.coverage_at_95_precision), percent(known.coverage_at_95_precision_by_score)),
        ),
    ];
    screen.table(&["figure", "value"], rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect());
}
