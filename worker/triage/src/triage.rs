//! The driver: obeys [`next`] until it says that it is done. It has no opinion of its own.

use crate::cascade;
use crate::case::Case;
use crate::decide::{Next, next};
use crate::decision::Decision;
use crate::findings::{Findings, Step};
use crate::ports::{Checker, Classifier, Retriever, SecondMind, StageError, Writer};
use crate::rules::route;
use crate::stages::check::check;
use crate::stages::classify::{classify, turn_text};
use crate::stages::judge::judge;
use crate::stages::retrieve::retrieve;
use crate::stages::screen::screen;
use crate::stages::write::write;
use crate::terms::Terms;
use std::sync::Arc;

/// Decides cases. Live and replay use the same one.
#[derive(Clone)]
pub struct Triage {
    /// What the operator set down.
    pub terms: Arc<Terms>,
    /// Says what a turn is about.
    pub classifier: Arc<dyn Classifier>,
    /// Finds passages.
    pub retriever: Arc<dyn Retriever>,
    /// Writes from passages.
    pub writer: Arc<dyn Writer>,
    /// Checks what was written.
    pub checker: Arc<dyn Checker>,
    /// Asked where this one's decision would miss the dial.
    pub second: Option<Arc<dyn SecondMind>>,
}

impl Triage {
    /// Decides a case. An error means that a port failed and nothing was decided; a knowledge that cannot be searched is a decision.
    pub async fn decide(&self, case: &Case) -> Result<Decision, StageError> {
        match &self.second {
            None => self.decide_alone(case).await,
            Some(second) => {
                let decision = cascade::decide(self, second.as_ref(), case).await?;
                Ok(cascade::summarised(second.as_ref(), case, decision).await)
            }
        }
    }

    /// Decides a case without the second mind.
    pub async fn decide_alone(&self, case: &Case) -> Result<Decision, StageError> {
        let terms = self.terms.as_ref();
        let policy = &terms.policy;
        let mut findings = Findings::default();
        loop {
            let step = match next(terms, case, &findings) {
                Next::Done(decision) => return Ok(*decision),
                Next::Screen => {
                    findings.screening = Some(screen(policy, case));
                    Step::Screen
                }
                Next::Classify => {
                    findings.classification = Some(classify(self.classifier.as_ref(), case, &policy.limits).await?);
                    Step::Classify
                }
                Next::Route(classification) => {
                    findings.routing = Some(route(&policy.rules, case, classification, policy.office_hours.as_ref()));
                    Step::Route
                }
                Next::Retrieve(classification) => {
                    match retrieve(self.retriever.as_ref(), case, classification, policy).await {
                        Ok(evidence) => findings.evidence = Some(evidence),
                        // A person answers now; trying again later would keep the customer waiting for a search.
                        Err(error) => findings.retrieval_problem = Some(error.problem),
                    }
                    Step::Retrieve
                }
                Next::Write(classification, evidence) => {
                    let (draft, texts) = write(self.writer.as_ref(), case, classification, evidence, &policy.sms).await?;
                    findings.draft = Some(draft);
                    findings.texts = texts;
                    Step::Write
                }
                Next::Check(classification, evidence, draft) => {
                    let checker = self.checker.as_ref();
                    findings.verdict = Some(check(checker, case, classification, evidence, draft, &findings.texts, &policy.sms).await?);
                    Step::Check
                }
                Next::Judge(classification, routing, evidence, draft, verdict) => {
                    let text = turn_text(case, &policy.limits);
                    findings.judgement = Some(judge(terms, &text, classification, routing, evidence, draft, verdict));
                    Step::Judge
                }
            };
            findings.path.push(step);
        }
    }
}
