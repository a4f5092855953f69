//! The one pure decision: [`next`] says what to find out next, or that it is done. It alone makes a [`Decision`].

use crate::case::Case;
use crate::classification::{Ask, Classification, Priority};
use crate::decision::{Action, ConsentChange, Decision, Reason};
use crate::draft::{Draft, Verdict};
use crate::evidence::Evidence;
use crate::findings::{Findings, Judgement, Screening, Stop};
use crate::hand_over;
use crate::intent::IntentName;
use crate::introduction::introduced;
use crate::language::detect::detect;
use crate::policy::{Ceiling, Greeting, Overdue, Texts};
use crate::receipt::Receipt;
use crate::rules::Routing;
use crate::stages::judge::ceiling;
use crate::terms::Terms;
use crate::ticket::{Tag, Team};

/// What to find out next. Each variant lends the stage exactly what it needs, so that none can run too early.
#[derive(Debug)]
pub enum Next<'a> {
    /// Look at the case without any mind.
    Screen,
    /// Ask what it is about.
    Classify,
    /// Apply the routing rules.
    Route(&'a Classification),
    /// Look for passages.
    Retrieve(&'a Classification),
    /// Write a reply from the passages.
    Write(&'a Classification, &'a Evidence),
    /// Check the texts that would be sent.
    Check(&'a Classification, &'a Evidence, &'a Draft),
    /// Ask the gate.
    Judge(&'a Classification, &'a Routing, &'a Evidence, &'a Draft, &'a Verdict),
    /// Nothing more to find out.
    Done(Box<Decision>),
}

/// What to do next with a case of which so much is known.
pub fn next<'a>(terms: &Terms, case: &Case, findings: &'a Findings) -> Next<'a> {
    let done = |conclusion: Conclusion| Next::Done(Box::new(conclusion.decide(terms, case, findings)));
    match &findings.screening {
        None => return Next::Screen,
        Some(Screening::Stop(stop)) => return done(screened(terms, case, *stop)),
        Some(Screening::Pass) => {}
    }
    let Some(classification) = &findings.classification else { return Next::Classify };
    let Some(routing) = &findings.routing else { return Next::Route(classification) };
    if let Some(conclusion) = before_evidence(terms, classification, routing) {
        return done(conclusion);
    }
    if findings.retrieval_problem.is_some() {
        return done(Conclusion::person(Reason::NotRetrieved));
    }
    let Some(evidence) = &findings.evidence else { return Next::Retrieve(classification) };
    if evidence.passages().next().is_none() {
        return done(Conclusion::person(Reason::NothingFound));
    }
    let draft = match &findings.draft {
        None => return Next::Write(classification, evidence),
        Some(None) => return done(Conclusion::person(Reason::NothingWritten)),
        Some(Some(draft)) => draft,
    };
    if findings.texts.is_empty() {
        return done(Conclusion::person(Reason::TooLong));
    }
    let Some(verdict) = &findings.verdict else { return Next::Check(classification, evidence, draft) };
    let Some(judgement) = &findings.judgement else { return Next::Judge(classification, routing, evidence, draft, verdict) };
    let would_be = WouldBe {
        texts: &findings.texts,
        answers_all: answers_all(classification, draft),
        is_overdue: is_overdue(evidence, draft),
        is_private: is_private(terms, evidence, draft),
    };
    done(conclude(terms, judgement, verdict, &would_be))
}

/// An action with its reason, before tags, team and receipt are added.
struct Conclusion {
    action: Action,
    reason: Reason,
}

impl Conclusion {
    /// Hand it to a person.
    fn person(reason: Reason) -> Self {
        Conclusion { action: Action::Escalate { note: reason.sentence().to_owned() }, reason }
    }

    fn new(action: Action, reason: Reason) -> Self {
        Conclusion { action, reason }
    }

    fn decide(self, terms: &Terms, case: &Case, findings: &Findings) -> Decision {
        let intent = findings.classification.as_ref().and_then(|c| c.first()).map(|first| first.name.clone());
        let routing = findings.routing.clone().unwrap_or_default();
        let language = || findings.classification.as_ref().and_then(|c| c.language).or_else(|| detect(&case.text()));
        let (action, holding) = match self.action {
            Action::Escalate { .. } => {
                let note = hand_over::note(&self.reason, case, findings);
                (Action::Escalate { note }, hand_over::sentence(&terms.policy, &self.reason, case, language))
            }
            Action::Reply { texts } if self.reason == Reason::SureEnough => {
                (Action::Reply { texts: introduced(&terms.policy, case, language(), texts) }, None)
            }
            action @ (Action::Reply { .. } | Action::Draft { .. } | Action::TagOnly | Action::Ignore) => (action, None),
        };
        let urgency = findings.classification.as_ref().map_or(Priority::Normal, |c| c.urgency);
        Decision {
            consent: consent_change(&self.reason),
            tags: tags(terms, intent.as_ref(), &routing),
            team: team(terms, findings.classification.as_ref(), &routing),
            priority: routing.set.priority.unwrap_or(urgency),
            receipt: Receipt::of(terms, case, findings),
            action,
            holding,
            reason: self.reason,
            intent,
        }
    }
}

/// What follows when screening stopped.
fn screened(terms: &Terms, case: &Case, stop: Stop) -> Conclusion {
    let (texts, reason) = (&terms.policy.texts, stop.reason());
    let (now, before) = (|| detect(&case.text()), || detect(&case.said_before()));
    match stop {
        // The confirmation goes out once: who had opted out before gets no other.
        Stop::OptedOutByWording if case.opted_out => Conclusion::new(Action::TagOnly, reason),
        Stop::OptedOutByWording => fixed(Texts::pick(&texts.opted_out, now().or_else(before)), reason, Action::TagOnly),
        // The carriers' word is English; what was said before tells the language.
        Stop::HelpAsked => match Texts::pick(&texts.help, before().or_else(now)) {
            Some(text) => fixed(Some(text), reason, Action::TagOnly),
            None => Conclusion::person(reason),
        },
        // A customer may quote a code ("your code 20145 does not work"): only a short code is certainly a machine.
        Stop::MachineSender if !case.customer.is_short_code() => Conclusion::person(reason),
        // What was asked before START still waits for somebody.
        Stop::OptedIn if case.turn.len() > 1 => Conclusion::person(reason),
        Stop::OptedOutByKeyword | Stop::OptedIn | Stop::CarrierAnswered | Stop::PersonHasTicket | Stop::MachineSender | Stop::Empty => {
            Conclusion::new(Action::Ignore, reason)
        }
        Stop::Suppressed | Stop::LoopBroken | Stop::MediaOnly | Stop::TooOld | Stop::QuietHours => Conclusion::person(reason),
    }
}

/// One of the operator's own texts, or else another action.
fn fixed(text: Option<&String>, reason: Reason, otherwise: Action) -> Conclusion {
    let action = text.map_or(otherwise, |text| Action::Reply { texts: vec![text.clone()] });
    Conclusion::new(action, reason)
}

/// What is settled once the turn is classified and routed.
fn before_evidence(terms: &Terms, classification: &Classification, routing: &Routing) -> Option<Conclusion> {
    let policy = &terms.policy;
    if classification.bare_greeting {
        let may_reply = routing.set.ceiling.is_none_or(|ceiling| ceiling == Ceiling::Reply);
        return Some(match policy.greeting {
            Greeting::Ask if may_reply => {
                fixed(Texts::pick(&policy.texts.greeting, classification.language), Reason::BareGreeting, Action::TagOnly)
            }
            Greeting::Ask | Greeting::Leave => Conclusion::new(Action::TagOnly, Reason::BareGreeting),
        });
    }
    let first = classification.first();
    if classification.wanted().any(|intent| policy.escalate.contains_key(intent)) {
        return Some(Conclusion::person(Reason::MustEscalate));
    }
    let in_scope = at_most(classification.out_of_scope, policy.limits.out_of_scope_max);
    if !in_scope || first.is_some_and(|first| first.name.is_out_of_scope()) {
        return Some(Conclusion::person(Reason::OutOfScope));
    }
    if ceiling(terms, classification, routing) == Ceiling::Off {
        return Some(Conclusion::person(Reason::IntentOff));
    }
    let sure = first.is_some_and(|first| first.probability >= policy.limits.intent_probability_min);
    (!sure).then(|| Conclusion::person(Reason::Unsure))
}

/// What would be sent.
struct WouldBe<'a> {
    texts: &'a [String],
    /// It leaves nothing open that was asked.
    answers_all: bool,
    /// It rests on a passage whose verification is over.
    is_overdue: bool,
    /// It rests on a source that only agents may see.
    is_private: bool,
}

/// The end of the whole path: evidence decides.
fn conclude(terms: &Terms, judgement: &Judgement, verdict: &Verdict, would_be: &WouldBe<'_>) -> Conclusion {
    let draft = || Action::Draft { text: would_be.texts.join("\n") };
    if verdict.faults.iter().any(|fault| !fault.is_doubt()) {
        return Conclusion::person(Reason::CheckFailed);
    }
    match judgement.ceiling {
        Ceiling::Off => return Conclusion::person(Reason::IntentOff),
        Ceiling::Shadow => return Conclusion::new(Action::TagOnly, Reason::InShadow),
        Ceiling::Draft | Ceiling::Reply => {}
    }
    if !at_most(judgement.wrong_per_100, terms.policy.draft_max_wrong_per_100) {
        return Conclusion::person(Reason::TooRisky);
    }
    if would_be.is_private {
        return Conclusion::new(draft(), Reason::PrivateSource);
    }
    if judgement.ceiling == Ceiling::Draft {
        return Conclusion::new(draft(), Reason::CeilingDraft);
    }
    if !judgement.calibrated {
        match terms.policy.uncalibrated_ceiling {
            Ceiling::Off => return Conclusion::person(Reason::NotCalibrated),
            Ceiling::Shadow => return Conclusion::new(Action::TagOnly, Reason::NotCalibrated),
            Ceiling::Draft => return Conclusion::new(draft(), Reason::NotCalibrated),
            Ceiling::Reply => {}
        }
    }
    if !at_most(judgement.wrong_per_100, judgement.max_wrong_per_100) {
        return Conclusion::new(draft(), Reason::TooRisky);
    }
    if !verdict.faults.is_empty() {
        return Conclusion::new(draft(), Reason::AnotherThing);
    }
    if would_be.is_overdue && terms.policy.overdue != Overdue::Reply {
        return Conclusion::new(draft(), Reason::PastVerification);
    }
    if !would_be.answers_all {
        return Conclusion::new(draft(), Reason::PartlyAnswered);
    }
    Conclusion::new(Action::Reply { texts: would_be.texts.to_vec() }, Reason::SureEnough)
}

/// A cited passage was verified until a date that is over.
fn is_overdue(evidence: &Evidence, draft: &Draft) -> bool {
    let mut cited = draft.citations.iter().filter_map(|citation| evidence.get(&citation.passage));
    cited.any(|passage| passage.overdue_since.is_some())
}

/// The same decision as a proposal, for a turn that may not be answered without a person.
pub(crate) fn lowered_to_draft(decision: Decision) -> Decision {
    match decision.action {
        Action::Reply { texts } => Decision { action: Action::Draft { text: texts.join("\n") }, reason: Reason::CeilingDraft, ..decision },
        Action::Draft { .. } | Action::TagOnly | Action::Escalate { .. } | Action::Ignore => decision,
    }
}

/// It rests on a source that only agents may see.
fn is_private(terms: &Terms, evidence: &Evidence, draft: &Draft) -> bool {
    let sources = draft.citations.iter().filter_map(|citation| evidence.get(&citation.passage)).map(|passage| &passage.source);
    sources.into_iter().any(|source| terms.policy.private_sources.contains(source))
}

/// What is no number is never within a limit.
fn at_most(value: f64, max: f64) -> bool {
    value <= max
}

/// Everything that was asked has an answer; small talk beside it needs none.
fn answers_all(classification: &Classification, draft: &Draft) -> bool {
    let is_small_talk = |ask: &&Ask| ask.intent.as_ref().is_some_and(IntentName::is_out_of_scope);
    let small_talk = classification.asks.iter().filter(is_small_talk).count();
    draft.asks_answered + small_talk >= classification.asks.len()
}

fn consent_change(reason: &Reason) -> Option<ConsentChange> {
    if matches!(reason, Reason::OptedOutByKeyword | Reason::OptedOutByWording) {
        return Some(ConsentChange::OptOut);
    }
    (*reason == Reason::OptedIn).then_some(ConsentChange::OptIn)
}

/// The intent's own tag and the rules' tags, from the closed list when there is one.
fn tags(terms: &Terms, intent: Option<&IntentName>, routing: &Routing) -> Vec<Tag> {
    let of_intent = intent.filter(|name| terms.catalog.get(name).is_some()).map(|name| Tag(name.0.clone()));
    let mut tags: Vec<Tag> = Vec::new();
    for tag in of_intent.into_iter().chain(routing.set.tags.iter().cloned()) {
        let listed = terms.policy.tags.is_empty() || terms.policy.tags.contains(&tag);
        if listed && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn team(terms: &Terms, classification: Option<&Classification>, routing: &Routing) -> Option<Team> {
    let of_rules = routing.set.team.clone();
    let of_policy = || classification.and_then(|c| c.wanted().find_map(|intent| terms.policy.escalate.get(intent))).cloned();
    let first = classification.and_then(|c| c.first());
    let of_intent = || first.and_then(|first| terms.catalog.get(&first.name)).and_then(|intent| intent.team.clone());
    of_rules.or_else(of_policy).or_else(of_intent).or_else(|| terms.policy.default_team.clone())
}
