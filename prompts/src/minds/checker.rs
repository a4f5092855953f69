//! The checker's port: a model that holds a reply against its passages. It can only find more faults than the rules found.

use crate::minds::desk::{Desk, failed};
use crate::prompt::{Name, Prompt};
use crate::prompts::check;
use crate::prompts::write::PassageLine;
use crate::tabs::Tab;
use crate::template::TemplateError;
use async_trait::async_trait;
use std::collections::BTreeSet;
use triage::case::Case;
use triage::classification::Classification;
use triage::draft::{Draft, Fault, Verdict};
use triage::evidence::{Evidence, PassageKind};
use triage::policy::SmsPolicy;
use triage::ports::{Checker, StageError};

/// Claims of a reply that are looked at; one that claims more is no reply.
const CLAIMS_MAX: usize = 40;

/// Checks with a model.
pub struct ModelChecker {
    desk: Desk,
    prompt: Prompt,
}

impl ModelChecker {
    /// A checker.
    pub fn new(desk: Desk) -> Result<Self, TemplateError> {
        Ok(ModelChecker { desk, prompt: Prompt::load(Name::Check)? })
    }
}

#[async_trait]
impl Checker for ModelChecker {
    async fn check(
        &self,
        case: &Case,
        _: &Classification,
        evidence: &Evidence,
        draft: &Draft,
        text: &str,
        _: &SmsPolicy,
    ) -> Result<Verdict, StageError> {
        let mut redaction = self.desk.shield.redaction(case);
        let cited: BTreeSet<_> = draft.citations.iter().map(|citation| &citation.passage).collect();
        let mut passages = Vec::new();
        for passage in cited.into_iter().filter_map(|id| evidence.get(id)) {
            let text = match passage.kind {
                PassageKind::PastTicket => redaction.withhold(&passage.text),
                PassageKind::Approved | PassageKind::Document => redaction.redact(&passage.text),
            };
            let title = redaction.withhold(&passage.title);
            passages.push(PassageLine { id: format!("P{}", passages.len() + 1), kind: "cited".to_owned(), title, text });
        }
        let message = self.desk.text(&case.text(), redaction.as_mut());
        let input = check::Input { message, reply: redaction.redact(text), passages };
        let accept = |output: check::Output| match output.claims.len() <= CLAIMS_MAX {
            true => Ok(output),
            false => Err(format!("it lists more than {CLAIMS_MAX} claims")),
        };
        let output = self.desk.ask(&self.prompt, &Tab::of(case), &input, check::schema(), accept).await.map_err(failed("check"))?;
        Ok(verdict(&output, self.desk.signed(&self.prompt)))
    }
}

fn verdict(output: &check::Output, model: String) -> Verdict {
    let supported = output.claims.iter().filter(|claim| claim.supported).count();
    let mut faults = Vec::new();
    if supported < output.claims.len() || !output.answers {
        faults.push(Fault::Unsupported);
    }
    if output.promises_work {
        faults.push(Fault::Promise { value: "by the model's reading".to_owned() });
    }
    if output.obeys_data {
        faults.push(Fault::Instruction);
    }
    let support = if output.claims.is_empty() { 1.0 } else { supported as f64 / output.claims.len() as f64 };
    Verdict { faults, support, model }
}
