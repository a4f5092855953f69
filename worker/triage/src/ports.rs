//! What the decision needs from the world. Two minds implement these ports: the learned local one and a language model.

use crate::case::Case;
use crate::classification::Classification;
use crate::consultation::Consultation;
use crate::decision::{Decision, Reason};
use crate::draft::{Draft, Verdict};
use crate::evidence::{Evidence, Found, Query};
use crate::policy::SmsPolicy;
use async_trait::async_trait;

/// A stage could not do its work. The decision is not made; the caller tries again or gives the turn to a person.
#[derive(Debug, thiserror::Error)]
#[error("{stage}: {problem}")]
pub struct StageError {
    /// Which stage.
    pub stage: &'static str,
    /// What went wrong, without message text.
    pub problem: String,
    /// Trying again may help.
    pub is_transient: bool,
}

impl StageError {
    /// What a port measured must be numbers: the gate cannot weigh anything else, and a receipt cannot keep it.
    pub fn unless_finite(stage: &'static str, values: impl IntoIterator<Item = f64>) -> Result<(), StageError> {
        match values.into_iter().all(f64::is_finite) {
            true => Ok(()),
            false => Err(StageError { stage, problem: "a measurement is no number".to_owned(), is_transient: false }),
        }
    }
}

/// Says what a turn is about.
#[async_trait]
pub trait Classifier: Send + Sync {
    /// Classifies the case's turn, its text cut to `text_chars_max` by the caller. MUST be deterministic for a version.
    async fn classify(&self, case: &Case, text: &str) -> Result<Classification, StageError>;
}

/// Finds passages.
#[async_trait]
pub trait Retriever: Send + Sync {
    /// The best passages for a query. MUST NOT return anything younger than `as_of`, hidden, or of the excluded ticket.
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError>;
    /// Version of the index, for receipts.
    fn version(&self) -> String;
}

/// Writes a reply from passages and nothing else.
#[async_trait]
pub trait Writer: Send + Sync {
    /// A reply with its citations, or none when the passages do not answer.
    async fn write(
        &self,
        case: &Case,
        classification: &Classification,
        evidence: &Evidence,
        sms: &SmsPolicy,
    ) -> Result<Option<Draft>, StageError>;
}

/// Looks whether a reply may be sent.
#[async_trait]
pub trait Checker: Send + Sync {
    /// Every number, link, date, price, name and promise of `text` must stand in a passage that the draft cites.
    async fn check(
        &self,
        case: &Case,
        classification: &Classification,
        evidence: &Evidence,
        draft: &Draft,
        text: &str,
        sms: &SmsPolicy,
    ) -> Result<Verdict, StageError>;
}

/// What a second mind came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Consulted {
    /// Its decision; none when it failed.
    pub decision: Option<Decision>,
    /// What it was asked, whether it answered or not.
    pub consultations: Vec<Consultation>,
}

/// What a person who takes a ticket over should know, in a mind's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// What the customer wants, in one sentence.
    pub wants: String,
    /// What was said and done so far.
    pub so_far: String,
}

/// What came of asking for a summary.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Summarised {
    /// The summary; none when there is none that can be shown.
    pub summary: Option<Summary>,
    /// What was asked, whether it was answered or not.
    pub consultations: Vec<Consultation>,
}

/// Another mind, asked for a whole decision where the first one's would miss the dial. It keeps its own deadline.
#[async_trait]
pub trait SecondMind: Send + Sync {
    /// Decides the case, or says why it could not.
    async fn decide(&self, case: &Case) -> Consulted;
    /// Says what a person who takes the case over for this reason should know. It keeps a deadline of its own; a mind that cannot say it
    /// says nothing, and the hand-over goes on without it.
    async fn summarise(&self, _case: &Case, _reason: &Reason) -> Summarised {
        Summarised::default()
    }
}
