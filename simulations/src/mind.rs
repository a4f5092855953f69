//! Who decides in a replay: the local mind, the language model, or both as the worker has them.

use crate::replay::searched;
use serde::{Deserialize, Serialize};
use triage::cascade::settle;
use triage::case::Case;
use triage::consultation::Mind as Author;
use triage::decision::Decision;
use triage::ports::StageError;
use triage::triage::Triage;

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mind {
    /// The local mind alone.
    Local,
    /// The language model alone.
    Model,
    /// The local mind, and the model where that would miss the dial: as the worker does.
    Cascade,
}

impl Mind {
    /// A model may be asked.
    pub fn asks_a_model(self) -> bool {
        self != Mind::Local
    }

    /// For people.
    pub fn sentence(self) -> &'static str {
        match self {
            Mind::Local => "the local mind decided alone",
            Mind::Model => "the language model decided alone",
            Mind::Cascade => "the local mind decided, and the language model where that would have missed the dial",
        }
    }
}

/// A decision, and what stood before it.
#[derive(Clone, PartialEq, Debug)]
pub struct Decided {
    /// What holds.
    pub decision: Decision,
    /// What the local mind had decided, where the model's decision holds in its place.
    pub before: Option<Decision>,
}

/// Decides a case. An error means that nothing was decided; of a model that is asked alone, also that it gave no usable answer.
pub async fn decide(triage: &Triage, mind: Mind, case: &Case) -> Result<Decided, StageError> {
    let only = |decision| Decided { decision, before: None };
    match (mind, &triage.second) {
        (Mind::Local, _) | (Mind::Cascade, None) => Ok(only(searched(triage.decide_alone(case).await?)?)),
        (Mind::Model, None) => Err(StageError { stage: "model", problem: "there is no model".to_owned(), is_transient: false }),
        (Mind::Cascade, Some(second)) => {
            let before = searched(triage.decide_alone(case).await?)?;
            let decision = searched(settle(triage, second.as_ref(), case, before.clone()).await)?;
            let is_changed = decision.receipt.mind != before.receipt.mind;
            Ok(Decided { decision, before: is_changed.then_some(before) })
        }
        (Mind::Model, Some(second)) => {
            let consulted = second.decide(case).await;
            let problem = consulted.consultations.iter().rev().find_map(|one| one.problem.clone()).unwrap_or_default();
            let failed = || StageError { stage: "model", problem: format!("it did not decide: {problem}"), is_transient: true };
            let mut decision = searched(consulted.decision.ok_or_else(failed)?)?;
            (decision.receipt.mind, decision.receipt.consultations) = (Author::Model, consulted.consultations);
            Ok(only(decision))
        }
    }
}
