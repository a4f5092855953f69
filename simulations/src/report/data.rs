//! What a report holds; `report.json` is this, as it is.

use crate::guard::LeakAudit;
use crate::interval::Rate;
use crate::mind::Mind;
use crate::past::LeftOut;
use crate::report::gaps::Gap;
use crate::report::intents::IntentRow;
use crate::report::judging::Judging;
use crate::report::listing::Count;
use crate::report::money::Money;
use crate::report::sources::{Contradicting, SourceRow};
use crate::report::worst::Worst;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use crate::scorers::resolved::Definition;
use crate::statistics::dial::{Point, Recommendation};
use crate::statistics::prediction_powered::Corrected;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The form of the report; it grows when a field changes its meaning.
pub const REPORT_VERSION: u32 = 1;

/// Which documents a replayed ticket may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Those that held when its question came.
    AsItWas,
    /// Those that hold today, whenever they were written.
    DocumentsOfToday,
}

/// What a resolution and a minute are worth; printed beside what is made of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Prices {
    /// Minutes that an agent spends on a ticket that Whimbrel would have answered.
    pub minutes_per_ticket: f64,
    /// What an hour of an agent costs, in US dollars.
    pub hour_usd: f64,
    /// What others ask for a resolution, in US dollars.
    pub per_resolution_usd: f64,
    /// What others ask for a ticket, in US dollars.
    pub per_ticket_usd: f64,
}

/// The language model of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Hash of its settings, its prices and the prompts.
    pub settings: String,
}

/// What was run, and with what.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Setup {
    /// Hash of everything that went in: the same run has the same name.
    pub run: String,
    /// The file of tickets, without its folder.
    pub tickets_file: String,
    /// Which documents a ticket may see.
    pub mode: Mode,
    /// From when documents hold that do not say so themselves.
    pub documents_from: String,
    /// The promise: so many of 100 replies wrong at most.
    pub dial: f64,
    /// No policy names ceilings: it was replayed as if every intent might be answered.
    pub assumed_open: bool,
    /// Blocks of time; intents are learned anew before each.
    pub blocks: usize,
    /// How often every ticket was decided.
    pub repeats: usize,
    /// Past tickets in the index at most.
    pub history_max: usize,
    /// Labelled tickets that intents are learned from at most.
    pub examples_max: usize,
    /// Name of the embedder.
    pub embedder: String,
    /// Who decides.
    pub mind: Mind,
    /// The language model and its settings, when one is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// A language model judges would-be replies.
    pub judge: bool,
    /// Hash of the policy.
    pub policy: String,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// The program's version.
    pub program: String,
    /// What money is reckoned with.
    pub prices: Prices,
}

/// The rate by one definition of "resolved".
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rung {
    /// The definition.
    pub definition: Definition,
    /// Its tickets.
    pub count: Count,
    /// Their share of all counted tickets.
    pub rate: Rate,
    /// The data can say it; otherwise why not.
    pub not_measured: Option<String>,
}

/// The first sentence and what it rests on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Headline {
    /// The sentence.
    pub sentence: String,
    /// The next one: how wrong the replies were.
    pub replies: String,
    /// The definition: the lowest that the data supports.
    pub definition: Definition,
    /// The share of all counted tickets, estimated. With enough labels: of those that are resolved by the definition and whose reply is
    /// right, prediction-powered.
    pub resolved: Rate,
    /// Of the replies that can be judged: wrong.
    pub wrong: Rate,
    /// These wrong replies.
    pub wrong_replies: Count,
    /// The share of right replies, corrected by labels; absent without labels.
    pub corrected: Option<Corrected>,
}

/// A part of the split.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Part<T> {
    /// What.
    pub what: T,
    /// Its tickets.
    pub count: Count,
    /// Their share.
    pub rate: Rate,
}

/// A reason with its tickets.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// For people.
    pub sentence: String,
    /// Its tickets.
    pub count: Count,
}

/// What one slice of time holds.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Slice {
    /// The first question.
    pub from: Timestamp,
    /// The last question.
    pub to: Timestamp,
    /// Counted tickets.
    pub tickets: usize,
}

/// The whole report.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// See [`REPORT_VERSION`].
    pub version: u32,
    /// What was run.
    pub setup: Setup,
    /// The first sentence.
    pub headline: Headline,
    /// Tickets that were read.
    pub read: usize,
    /// Tickets that count.
    pub counted: Count,
    /// First and last counted question; absent when none counts.
    pub span: Option<Slice>,
    /// What would have been done.
    pub split: Vec<Part<Did>>,
    /// Why, by reason.
    pub reasons: Vec<Named>,
    /// The replies against what people did.
    pub replies: Vec<Part<Verdict>>,
    /// Would-be replies that were kept back, against what people did.
    pub kept_back: Vec<Part<Verdict>>,
    /// The definitions side by side.
    pub definitions: Vec<Rung>,
    /// Tickets that people said belong to a person, and how many were left to one.
    pub must_escalate: Rate,
    /// Tickets that belong to a person and would have been replied to.
    pub must_escalate_missed: Count,
    /// The intent was right, among those that can be judged.
    pub intent_right: Rate,
    /// Tickets that came out otherwise when they were decided again.
    pub flipped: Rate,
    /// What the judge said; absent when none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judging: Option<Judging>,
    /// The worst would-be replies.
    pub worst: Vec<Worst>,
    /// The coverage curve over the dial.
    pub curve: Vec<Point>,
    /// The slice on which dials were chosen.
    pub chosen_on: Option<Slice>,
    /// The slice on which they were tried.
    pub confirmed_on: Option<Slice>,
    /// The dial over all intents.
    pub dial: Recommendation,
    /// Intents.
    pub intents: Vec<IntentRow>,
    /// Median seconds that a reply would have saved a customer.
    pub saved_s_median: Option<i64>,
    /// Money.
    pub money: Money,
    /// What could not be answered.
    pub gaps: Vec<Gap>,
    /// Sources that won, were blamed, were never used.
    pub sources: Vec<SourceRow>,
    /// Documents that no reply and no draft rested on.
    pub never_used: Vec<String>,
    /// Passages that say different things.
    pub contradicting: Vec<Contradicting>,
    /// What does not count, by reason.
    pub left_out: Vec<Part<LeftOut>>,
    /// The leak audit.
    pub audit: LeakAudit,
    /// Conversations whose twins were shut out.
    pub twins: usize,
    /// Against another run; absent when none was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<crate::difference::Difference>,
    /// The page holds the first so many tickets; counts go beyond.
    pub entries_max: usize,
}

impl Report {
    /// No counted ticket says what it was about: nothing could be learned, and nothing compared.
    pub fn names_no_intent(&self) -> bool {
        self.counted.count > 0 && self.intent_right.of == 0
    }
}
