//! What is known of a case so far. Each stage adds its part; `decide` reads them.

use crate::classification::Classification;
use crate::decision::Reason;
use crate::draft::{Draft, Verdict};
use crate::evidence::Evidence;
use crate::policy::Ceiling;
use crate::rules::Routing;
use crate::signals::Signals;
use serde::{Deserialize, Serialize};

/// What screening said.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screening {
    /// Nothing stands against a decision by the mind.
    Pass,
    /// It is decided already, and why.
    Stop(Stop),
}

/// What settles a case before any mind sees it. Each is the reason of that name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// An opt-out by the carrier's keyword.
    OptedOutByKeyword,
    /// An opt-out in other words.
    OptedOutByWording,
    /// An opt-in.
    OptedIn,
    /// HELP.
    HelpAsked,
    /// The carrier has already answered.
    CarrierAnswered,
    /// The customer had opted out before.
    Suppressed,
    /// A person has the ticket.
    PersonHasTicket,
    /// Automatic messages in a row.
    LoopBroken,
    /// A machine wrote it.
    MachineSender,
    /// No words.
    MediaOnly,
    /// Nothing at all.
    Empty,
    /// It waited too long.
    TooOld,
    /// It waited, and now is no time for messages.
    QuietHours,
}

impl Stop {
    /// The reason of the decision.
    pub fn reason(self) -> Reason {
        match self {
            Stop::OptedOutByKeyword => Reason::OptedOutByKeyword,
            Stop::OptedOutByWording => Reason::OptedOutByWording,
            Stop::OptedIn => Reason::OptedIn,
            Stop::HelpAsked => Reason::HelpAsked,
            Stop::CarrierAnswered => Reason::CarrierAnswered,
            Stop::Suppressed => Reason::Suppressed,
            Stop::PersonHasTicket => Reason::PersonHasTicket,
            Stop::LoopBroken => Reason::LoopBroken,
            Stop::MachineSender => Reason::MachineSender,
            Stop::MediaOnly => Reason::MediaOnly,
            Stop::Empty => Reason::Empty,
            Stop::TooOld => Reason::TooOld,
            Stop::QuietHours => Reason::QuietHours,
        }
    }
}

/// What the gate said.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Judgement {
    /// What was measured.
    pub signals: Signals,
    /// How many of 100 such replies were wrong, by the gate.
    pub wrong_per_100: f64,
    /// The dial in force for the intent.
    pub max_wrong_per_100: f64,
    /// The gate was calibrated on the operator's own tickets.
    pub calibrated: bool,
    /// The ceiling in force, after policy and rules; calibration is weighed when the decision is made.
    pub ceiling: Ceiling,
}

/// A step of the decision, for the receipt's path.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Pure screening.
    Screen,
    /// Intents, language, asks.
    Classify,
    /// Routing rules.
    Route,
    /// Passages.
    Retrieve,
    /// A would-be reply.
    Write,
    /// Is it supported?
    Check,
    /// How often are such replies wrong?
    Judge,
}

/// All findings so far; a stage that has not run is absent.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Findings {
    /// From `screen`.
    pub screening: Option<Screening>,
    /// From `classify`.
    pub classification: Option<Classification>,
    /// From `route`.
    pub routing: Option<Routing>,
    /// From `retrieve`.
    pub evidence: Option<Evidence>,
    /// Why `retrieve` did not run: the turn goes to a person, and nothing is known of what the knowledge holds.
    pub retrieval_problem: Option<String>,
    /// From `write`; `Some(None)` means that nothing could be written.
    pub draft: Option<Option<Draft>>,
    /// The draft cut into messages within the segment budget; empty when it does not fit.
    pub texts: Vec<String>,
    /// From `check`.
    pub verdict: Option<Verdict>,
    /// From `judge`.
    pub judgement: Option<Judgement>,
    /// The steps in the order in which they ran.
    pub path: Vec<Step>,
}
