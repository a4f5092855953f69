//! One script that answers for all four ports and notes who was asked.

use super::{classified, intent, tag};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use triage::case::Case;
use triage::classification::Classification;
use triage::decision::Decision;
use triage::draft::{Citation, Draft, Verdict};
use triage::evidence::{Evidence, Found, Passage, PassageId, PassageKind, Query};
use triage::gate::{Calibration, Gate};
use triage::intent::{Intent, IntentCatalog};
use triage::language::Language;
use triage::policy::{Ceiling, Policy, SmsPolicy};
use triage::ports::{Checker, Classifier, Retriever, StageError, Writer};
use triage::terms::Terms;
use triage::ticket::Team;
use triage::triage::Triage;

/// What every port answers, and what it was asked.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) classification: Option<Classification>,
    pub(crate) passages: Vec<Passage>,
    pub(crate) draft: Option<Draft>,
    pub(crate) verdict: Option<Verdict>,
    /// The port of this name fails.
    pub(crate) fails: Option<&'static str>,
    calls: Mutex<Vec<&'static str>>,
    queries: Mutex<Vec<Query>>,
    /// What the minds were given to read: the turn, then the texts that would be sent.
    read: Mutex<Vec<String>>,
}

impl Script {
    fn called(&self, name: &'static str) -> Result<(), StageError> {
        self.calls.lock().unwrap().push(name);
        match self.fails == Some(name) {
            true => Err(StageError { stage: name, problem: "out of order".to_owned(), is_transient: true }),
            false => Ok(()),
        }
    }

    fn note(&self, text: &str) {
        self.read.lock().unwrap().push(text.to_owned());
    }

    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn queries(&self) -> Vec<Query> {
        self.queries.lock().unwrap().clone()
    }

    pub(crate) fn read(&self) -> Vec<String> {
        self.read.lock().unwrap().clone()
    }
}

#[async_trait]
impl Classifier for Script {
    async fn classify(&self, _: &Case, text: &str) -> Result<Classification, StageError> {
        self.called("classify")?;
        self.note(text);
        Ok(self.classification.clone().unwrap())
    }
}

#[async_trait]
impl Retriever for Script {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        self.called("retrieve")?;
        self.queries.lock().unwrap().push(query.clone());
        Ok(Found { ask: query.text.clone(), passages: self.passages.clone() })
    }

    fn version(&self) -> String {
        "index 1".to_owned()
    }
}

#[async_trait]
impl Writer for Script {
    async fn write(&self, _: &Case, _: &Classification, _: &Evidence, _: &SmsPolicy) -> Result<Option<Draft>, StageError> {
        self.called("write")?;
        Ok(self.draft.clone())
    }
}

#[async_trait]
impl Checker for Script {
    async fn check(&self, _: &Case, _: &Classification, _: &Evidence, _: &Draft, text: &str, _: &SmsPolicy) -> Result<Verdict, StageError> {
        self.called("check")?;
        self.note(text);
        Ok(self.verdict.clone().unwrap())
    }
}

/// Terms and a script, before they are set to work.
pub(crate) struct World {
    pub(crate) policy: Policy,
    pub(crate) catalog: IntentCatalog,
    pub(crate) gate: Gate,
    pub(crate) script: Script,
}

/// What came of a case.
pub(crate) struct Outcome {
    pub(crate) decision: Decision,
    pub(crate) script: Arc<Script>,
    /// The terms in force.
    pub(crate) terms: Arc<Terms>,
}

/// A world in which the reply goes out: a sure intent that may be answered, one passage, a reply that cites it, no faults, and
/// a calibrated gate that says one wrong in a hundred.
pub(crate) fn world() -> World {
    let policy = Policy { ceilings: BTreeMap::from([(intent("returns"), Ceiling::Reply)]), ..Policy::default() };
    let script = Script {
        classification: Some(classified("returns", 0.9)),
        passages: vec![passage("p1", "handbook/returns")],
        draft: Some(draft("Yes, within 30 days.", &["p1"])),
        verdict: Some(Verdict { faults: Vec::new(), support: 1.0, model: "checker 1".to_owned() }),
        ..Script::default()
    };
    World { policy, catalog: catalog(&["returns", "shipping", "injury"]), gate: gate(1.0), script }
}

impl World {
    /// The same world with something else in it.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut World)) -> Self {
        change(&mut self);
        self
    }

    /// Another classification than the one there is.
    pub(crate) fn classified(mut self, change: impl FnOnce(&mut Classification)) -> Self {
        change(self.script.classification.as_mut().unwrap());
        self
    }

    pub(crate) fn at_work(self) -> (Triage, Arc<Script>) {
        let script = Arc::new(self.script);
        let terms = Arc::new(Terms::new(self.policy, self.catalog, self.gate));
        let (classifier, retriever, writer, checker) = (script.clone(), script.clone(), script.clone(), script.clone());
        (Triage { terms, classifier, retriever, writer, checker, second: None }, script)
    }

    pub(crate) async fn decide(self, case: &Case) -> Outcome {
        let (triage, script) = self.at_work();
        let decision = triage.decide(case).await.unwrap();
        Outcome { decision, script, terms: triage.terms }
    }
}

/// A calibrated gate that says the same of every reply: so many of 100 are wrong (more than 0, less than 100).
pub(crate) fn gate(wrong_per_100: f64) -> Gate {
    let calibration = Calibration { samples: 500, wrong: 5, until: super::at(0) };
    let bias = (wrong_per_100 / (100.0 - wrong_per_100)).ln();
    Gate { bias, weights: BTreeMap::new(), calibration: Some(calibration) }
}

/// Every intent has a team of its own name, such as `returns team`.
pub(crate) fn catalog(names: &[&str]) -> IntentCatalog {
    let intents = names.iter().map(|name| Intent {
        name: intent(name),
        description: String::new(),
        examples: Vec::new(),
        team: Some(Team(format!("{name} team"))),
    });
    IntentCatalog { intents: intents.collect() }
}

pub(crate) fn passage(id: &str, document: &str) -> Passage {
    Passage {
        id: PassageId(id.to_owned()),
        source: "handbook".to_owned(),
        document: document.to_owned(),
        title: "Returns".to_owned(),
        kind: PassageKind::Document,
        question: None,
        text: "You may return it within 30 days.".to_owned(),
        language: Some(Language::EN),
        intent: None,
        version: "v1".to_owned(),
        score: 0.9,
        similarity: 0.8,
        overlap: 0.7,
        overdue_since: None,
        link: None,
    }
}

pub(crate) fn draft(text: &str, cited: &[&str]) -> Draft {
    let citations = cited.iter().map(|id| Citation { passage: PassageId((*id).to_owned()), start: 0, end: 33 });
    let citations = citations.collect();
    Draft { text: text.to_owned(), citations, language: Some(Language::EN), asks_answered: 1, model: "writer 1".to_owned() }
}

pub(crate) fn tags(names: &[&str]) -> Vec<triage::ticket::Tag> {
    names.iter().map(|name| tag(name)).collect()
}
