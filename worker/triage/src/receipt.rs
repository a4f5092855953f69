//! The receipt: everything that mattered for a decision, so that it can be explained and re-run.

use crate::case::Case;
use crate::classification::RankedIntent;
use crate::consultation::{Consultation, Mind};
use crate::draft::{Citation, Fault};
use crate::evidence::{Passage, PassageId, PassageKind};
use crate::findings::{Findings, Judgement, Step};
use crate::hash;
use crate::language::Language;
use crate::sms::preview::{Preview, preview};
use crate::terms::Terms;
use crate::ticket::{MessageId, TicketId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The form of the receipt; it grows when a field changes its meaning.
pub const RECEIPT_VERSION: u32 = 1;

/// How many of the ranked intents a receipt keeps.
pub const INTENTS_KEPT: usize = 5;

/// Versions and hashes of what decided.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Versions {
    /// Hash of the policy.
    pub policy: String,
    /// Hash of the gate.
    pub gate: String,
    /// The classifier's name and version.
    #[serde(default)]
    pub classifier: String,
    /// The index's version.
    #[serde(default)]
    pub index: String,
    /// The writer's name and version.
    #[serde(default)]
    pub writer: String,
    /// The checker's name and version.
    #[serde(default)]
    pub checker: String,
}

/// A passage as it was seen, without its text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SeenPassage {
    /// Its id; a changed text has another one.
    pub id: PassageId,
    /// Where it comes from.
    pub kind: PassageKind,
    /// The source.
    pub source: String,
    /// The document or ticket.
    pub document: String,
    /// The heading path or title.
    pub title: String,
    /// Version of the document.
    pub version: String,
    /// Fused score.
    pub score: f64,
    /// Cosine with the query.
    pub similarity: f64,
    /// Share of the query's words that it holds.
    pub overlap: f64,
    /// Where people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The date until which it was verified, when that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<Timestamp>,
}

/// Everything that mattered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// See [`RECEIPT_VERSION`].
    pub version: u32,
    /// The conversation.
    pub ticket: TicketId,
    /// The messages of the turn.
    pub messages: Vec<MessageId>,
    /// The moment whose knowledge was asked.
    pub as_of: Timestamp,
    /// Hash of the case, without how long it had waited.
    pub case: String,
    /// What decided.
    pub versions: Versions,
    /// The steps, in their order.
    pub path: Vec<Step>,
    /// The language, when known.
    pub language: Option<Language>,
    /// The first intents.
    pub intents: Vec<RankedIntent>,
    /// Probability of lying outside all intents.
    pub out_of_scope: Option<f64>,
    /// The asks that were looked up.
    pub asks: Vec<String>,
    /// Names of the routing rules that applied.
    pub rules: Vec<String>,
    /// Why the knowledge was not searched, when it should have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieval_problem: Option<String>,
    /// The passages that were seen, in the order of the asks.
    pub passages: Vec<SeenPassage>,
    /// Passages that the policy set aside because their verification is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SeenPassage>,
    /// What the would-be reply rests on.
    pub citations: Vec<Citation>,
    /// The would-be reply, whatever was done with it.
    pub would_be: Option<String>,
    /// What it would cost.
    pub preview: Option<Preview>,
    /// What the checks found.
    pub faults: Vec<Fault>,
    /// What the gate said.
    pub judgement: Option<Judgement>,
    /// Whose answer it is.
    #[serde(default, skip_serializing_if = "Mind::is_local")]
    pub mind: Mind,
    /// What a language model was asked on the way, and what it cost; with a problem where it did not answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<Consultation>,
}

impl Receipt {
    /// What a language model cost for this decision, in millionths of a US dollar.
    pub fn cost_micro_usd(&self) -> u64 {
        self.consultations.iter().map(|consultation| consultation.cost_micro_usd).sum()
    }

    /// Gathers what is known. Floats are kept as they are: equal inputs give equal bytes.
    pub(crate) fn of(terms: &Terms, case: &Case, findings: &Findings) -> Self {
        let classification = findings.classification.as_ref();
        let evidence = findings.evidence.as_ref();
        let draft = findings.draft.as_ref().and_then(|draft| draft.as_ref());
        let would_be = match findings.texts.is_empty() {
            true => draft.map(|draft| draft.text.clone()),
            false => Some(findings.texts.join("\n")),
        };
        let asks_max = terms.policy.limits.asks_max;
        Receipt {
            version: RECEIPT_VERSION,
            ticket: case.ticket.clone(),
            messages: case.message_ids(),
            as_of: case.as_of(),
            case: hash::of(&Case { waited_ms: 0, ..case.clone() }),
            versions: Versions {
                policy: terms.policy_hash.clone(),
                gate: terms.gate_hash.clone(),
                classifier: classification.map(|c| c.model.clone()).unwrap_or_default(),
                index: evidence.map(|e| e.index.clone()).unwrap_or_default(),
                writer: draft.map(|d| d.model.clone()).unwrap_or_default(),
                checker: findings.verdict.as_ref().map(|v| v.model.clone()).unwrap_or_default(),
            },
            path: findings.path.clone(),
            language: classification.and_then(|c| c.language),
            intents: classification.map(|c| c.intents.iter().take(INTENTS_KEPT).cloned().collect()).unwrap_or_default(),
            out_of_scope: classification.map(|c| c.out_of_scope),
            asks: classification.map(|c| c.asks.iter().take(asks_max).map(|ask| ask.text.clone()).collect()).unwrap_or_default(),
            rules: findings.routing.as_ref().map(|r| r.rules.clone()).unwrap_or_default(),
            retrieval_problem: findings.retrieval_problem.clone(),
            passages: evidence.map(|e| e.passages().map(SeenPassage::of).collect()).unwrap_or_default(),
            set_aside: evidence.map(|e| e.set_aside.iter().map(SeenPassage::of).collect()).unwrap_or_default(),
            citations: draft.map(|d| d.citations.clone()).unwrap_or_default(),
            preview: would_be.as_ref().map(|text| preview(text, case.customer.reveal(), &terms.policy.sms.prices)),
            would_be,
            faults: findings.verdict.as_ref().map(|v| v.faults.clone()).unwrap_or_default(),
            judgement: findings.judgement.clone(),
            mind: Mind::Local,
            consultations: Vec::new(),
        }
    }
}

impl SeenPassage {
    fn of(passage: &Passage) -> Self {
        SeenPassage {
            id: passage.id.clone(),
            kind: passage.kind,
            source: passage.source.clone(),
            document: passage.document.clone(),
            title: passage.title.clone(),
            version: passage.version.clone(),
            score: passage.score,
            similarity: passage.similarity,
            overlap: passage.overlap,
            link: passage.link.clone(),
            overdue_since: passage.overdue_since,
        }
    }
}
