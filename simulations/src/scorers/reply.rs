//! The would-be reply against the answer that people gave. Strict on purpose: what cannot be shown to fit counts as contradicting.

use crate::compare::{Comparison, compare, numbers_conflict};
use crate::past::Human;
use crate::scorers::judge::{Judge, Judgement};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use triage::case::Case;
use triage::decision::Decision;
use triage::evidence::Query;
use triage::ports::{Retriever, StageError};

/// Cosine of two answers from which they are about the same thing.
pub const NEAR_MIN: f64 = 0.7;
/// Among so many first passages for the human answer the cited one must stand to count as a shared source.
pub const SHARED_SOURCE_PASSAGES: usize = 3;

/// How a would-be reply compares with what people did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It says the same.
    SameOutcome,
    /// Other words, same matter: near in meaning, or out of the same source, and no number against another.
    Compatible,
    /// Other numbers, another matter, or nothing that shows that it fits.
    Contradicts,
    /// Nobody answered, or nobody said what it was about.
    CannotCompare,
    /// It must not have gone out, whatever it says.
    Unsafe,
}

impl Verdict {
    /// All of them, in the order of the report.
    pub const ALL: [Verdict; 5] =
        [Verdict::SameOutcome, Verdict::Compatible, Verdict::Contradicts, Verdict::CannotCompare, Verdict::Unsafe];

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::SameOutcome => "same outcome as the human",
            Verdict::Compatible => "compatible, other words",
            Verdict::Contradicts => "contradicts the human",
            Verdict::CannotCompare => "cannot compare",
            Verdict::Unsafe => "unsafe",
        }
    }

    /// Right or wrong; none when it cannot be compared.
    pub fn is_wrong(self) -> Option<bool> {
        match self {
            Verdict::SameOutcome | Verdict::Compatible => Some(false),
            Verdict::Contradicts | Verdict::Unsafe => Some(true),
            Verdict::CannotCompare => None,
        }
    }
}

/// How near two texts are in meaning.
#[async_trait]
pub trait Meaning: Send + Sync {
    /// One vector of unit length a text, in their order.
    async fn vectors(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, StageError>;
}

/// Cosine of two vectors of unit length.
pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    f64::from(a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>())
}

/// What was measured of a would-be reply.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReplyScore {
    /// The verdict.
    pub verdict: Verdict,
    /// By words alone.
    pub by_words: Comparison,
    /// Cosine with the human answer; absent when the words decided.
    pub nearness: Option<f64>,
    /// The human answer leads to the same document as the one that was cited; absent when it was not needed.
    pub shared_source: Option<bool>,
    /// What came of asking a judge; absent when none was asked. Its verdict is [`ReplyScore::verdict`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
}

/// Compares replies with what people answered.
#[derive(Clone)]
pub struct ReplyScorer {
    /// How near texts are.
    pub meaning: Arc<dyn Meaning>,
    /// The knowledge of then, for shared sources.
    pub retriever: Arc<dyn Retriever>,
    /// Has the last word where it has one; none where there is no model.
    pub judge: Option<Arc<dyn Judge>>,
}

impl ReplyScorer {
    /// Compares the would-be reply of a decision, and asks the judge; none when there is none.
    pub async fn score(&self, case: &Case, decision: &Decision, human: &Human) -> Result<Option<ReplyScore>, StageError> {
        let Some(mut score) = self.automatic(decision, human).await? else { return Ok(None) };
        let asked = self.judge.as_ref().zip(human.answer.as_ref()).zip(decision.receipt.would_be.as_ref());
        if let Some(((judge, answer), would_be)) = asked {
            score.judgement = Some(match judge.judge(case, answer, would_be).await {
                Ok(opinion) => {
                    let automatic = std::mem::replace(&mut score.verdict, opinion.verdict);
                    Judgement::Opinion { reason: opinion.reason, automatic }
                }
                Err(_) => Judgement::None,
            });
        }
        Ok(Some(score))
    }

    /// Compares without a judge.
    pub async fn automatic(&self, decision: &Decision, human: &Human) -> Result<Option<ReplyScore>, StageError> {
        let Some(would_be) = &decision.receipt.would_be else { return Ok(None) };
        let by_words = compare(would_be, decision.intent.as_ref(), human);
        let verdict = |verdict| ReplyScore { verdict, by_words, nearness: None, shared_source: None, judgement: None };
        let Some(answer) = &human.answer else { return Ok(Some(verdict(Verdict::CannotCompare))) };
        match by_words {
            Comparison::CannotCompare => return Ok(Some(verdict(Verdict::CannotCompare))),
            Comparison::Same => return Ok(Some(verdict(Verdict::SameOutcome))),
            // Another matter stays another matter, however near the words lie.
            Comparison::OtherIntent => return Ok(Some(verdict(Verdict::Contradicts))),
            Comparison::Different => {}
        }
        if numbers_conflict(would_be, answer) {
            return Ok(Some(verdict(Verdict::Contradicts)));
        }
        let vectors = self.meaning.vectors(&[would_be, answer]).await?;
        let near = vectors.first().zip(vectors.get(1)).map_or(0.0, |(a, b)| cosine(a, b));
        let shared = self.shares_source(decision, answer).await?;
        let fits = near >= NEAR_MIN || shared;
        let verdict = if fits { Verdict::Compatible } else { Verdict::Contradicts };
        Ok(Some(ReplyScore { verdict, by_words, nearness: Some(near), shared_source: Some(shared), judgement: None }))
    }

    /// Does the human answer lead to a passage that the reply cites? Only documents count: past answers are near one another anyway.
    async fn shares_source(&self, decision: &Decision, answer: &str) -> Result<bool, StageError> {
        let receipt = &decision.receipt;
        let query = Query {
            text: answer.to_owned(),
            language: receipt.language,
            intent: decision.intent.clone(),
            as_of: receipt.as_of,
            exclude_ticket: Some(receipt.ticket.clone()),
            passages_max: SHARED_SOURCE_PASSAGES,
        };
        let found = self.retriever.retrieve(&query).await?;
        let is_cited = |id| receipt.citations.iter().any(|citation| &citation.passage == id);
        Ok(found.passages.iter().any(|passage| is_cited(&passage.id)))
    }
}
