//! A mind that reads its orders from the message: the first word of its last line says what is to come of it. Decisions are made by
//! the real pipeline.

use crate::lives::process::Process;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use triage::case::Case;
use triage::classification::{Ask, Classification, Priority, RankedIntent};
use triage::draft::{Citation, Draft, Verdict};
use triage::evidence::{Evidence, Found, Passage, PassageId, PassageKind, Query};
use triage::gate::{Calibration, Gate};
use triage::intent::{Intent, IntentCatalog, IntentName};
use triage::language::Language;
use triage::policy::{Ceiling, Limits, Policy, SmsPolicy, Texts};
use triage::ports::{Checker, Classifier, Retriever, StageError, Writer};
use triage::signals::Signals;
use triage::terms::Terms;
use triage::ticket::Team;
use triage::triage::Triage;

/// A message that no mind can read.
pub const POISON: &str = "poison";
/// Words that ask for silence, as customers write them.
pub const SILENCE: [&str; 2] = ["STOP", "please stop texting me"];
/// What may come of a message: a reply of its own, a reply in the same words as always, a proposal, a person.
pub const ORDERS: [&str; 4] = ["reply", "same", "draft", "person"];
/// What the same reply says.
pub const SAME: &str = "Yes, within 30 days.";

const PASSAGE: &str = "You may return it within 30 days.";

/// Whether a message asks for silence.
pub fn asks_for_silence(text: &str) -> bool {
    SILENCE.contains(&text)
}

/// The mind of one process.
pub struct Mind {
    process: Arc<Process>,
}

impl Mind {
    /// The real pipeline over this mind.
    pub fn triage(process: Arc<Process>) -> Triage {
        let mind = Arc::new(Mind { process });
        let (classifier, retriever, writer, checker) = (mind.clone(), mind.clone(), mind.clone(), mind);
        Triage { terms: Arc::new(terms()), classifier, retriever, writer, checker, second: None }
    }

    fn works(&self, stage: &'static str) -> Result<(), StageError> {
        let problem = "placed fault".to_owned();
        if self.process.shared.strikes(60) { Err(StageError { stage, problem, is_transient: true }) } else { Ok(()) }
    }
}

fn terms() -> Terms {
    let ceiling = |order: &str| match order {
        "draft" => Ceiling::Draft,
        "person" => Ceiling::Off,
        _ => Ceiling::Reply,
    };
    let one = |text: &str| BTreeMap::from([(Language::EN, text.to_owned())]);
    let policy = Policy {
        ceilings: ORDERS.iter().map(|order| (IntentName((*order).to_owned()), ceiling(order))).collect(),
        limits: Limits { automatic_replies_max: 1_000, ..Limits::default() },
        texts: Texts { opted_out: one("You will get no more messages."), handed_over: one("A colleague takes over."), ..Texts::default() },
        ..Policy::default()
    };
    let intent = |order: &&str| Intent {
        name: IntentName((*order).to_owned()),
        description: String::new(),
        examples: Vec::new(),
        team: Some(Team("service".to_owned())),
    };
    let calibration = Calibration { samples: 500, wrong: 5, until: Timestamp::UNIX_EPOCH };
    let gate = Gate { bias: (1.0_f64 / 99.0).ln(), weights: BTreeMap::new(), calibration: Some(calibration) };
    Terms::new(policy, IntentCatalog { intents: ORDERS.iter().map(intent).collect() }, gate)
}

#[async_trait]
impl Classifier for Mind {
    async fn classify(&self, _: &Case, text: &str) -> Result<Classification, StageError> {
        self.works("classify")?;
        if text.contains(POISON) {
            return Err(StageError { stage: "classify", problem: "poison".to_owned(), is_transient: true });
        }
        let order = text.lines().last().and_then(|line| line.split_whitespace().next()).unwrap_or_default();
        let order = ORDERS.into_iter().find(|known| *known == order).unwrap_or("person");
        Ok(Classification {
            intents: vec![RankedIntent { name: IntentName(order.to_owned()), probability: 0.9 }],
            out_of_scope: 0.05,
            language: Some(Language::EN),
            urgency: Priority::Normal,
            asks: vec![Ask { text: text.to_owned(), intent: None }],
            bare_greeting: false,
            confidence: 0.9,
            measured: Signals(BTreeMap::new()),
            model: "orders 1".to_owned(),
        })
    }
}

#[async_trait]
impl Retriever for Mind {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        self.works("retrieve")?;
        let passage = Passage {
            id: PassageId("p1".to_owned()),
            source: "handbook".to_owned(),
            document: "returns".to_owned(),
            title: "Returns".to_owned(),
            kind: PassageKind::Approved,
            question: None,
            text: PASSAGE.to_owned(),
            language: Some(Language::EN),
            intent: None,
            version: "v1".to_owned(),
            score: 0.9,
            similarity: 0.9,
            overlap: 0.9,
            overdue_since: None,
            link: None,
        };
        Ok(Found { ask: query.text.clone(), passages: vec![passage] })
    }

    fn version(&self) -> String {
        "one passage".to_owned()
    }
}

#[async_trait]
impl Writer for Mind {
    async fn write(&self, case: &Case, classification: &Classification, _: &Evidence, _: &SmsPolicy) -> Result<Option<Draft>, StageError> {
        self.works("write")?;
        let is_same = classification.intents.first().is_some_and(|first| first.name.0 == "same");
        let newest = case.turn.last().map(|message| message.id.0.clone()).unwrap_or_default();
        let text = if is_same { SAME.to_owned() } else { format!("Answer to {newest}.") };
        let citations = vec![Citation { passage: PassageId("p1".to_owned()), start: 0, end: PASSAGE.len() }];
        Ok(Some(Draft { text, citations, language: Some(Language::EN), asks_answered: 1, model: "orders 1".to_owned() }))
    }
}

#[async_trait]
impl Checker for Mind {
    async fn check(&self, _: &Case, _: &Classification, _: &Evidence, _: &Draft, _: &str, _: &SmsPolicy) -> Result<Verdict, StageError> {
        self.works("check")?;
        Ok(Verdict { faults: Vec::new(), support: 1.0, model: "orders 1".to_owned() })
    }
}
