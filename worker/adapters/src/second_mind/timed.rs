//! A second mind that answers in time or not at all: one deadline for the whole reply, however many calls it takes.

use async_trait::async_trait;
use prompts::minds::summariser::ModelSummariser;
use prompts::ports::spending::Spending;
use prompts::prompts::summarise::Output;
use prompts::tabs::{Tab, Tabs};
use std::sync::Arc;
use std::time::Duration;
use triage::case::Case;
use triage::consultation::Consultation;
use triage::decision::Reason;
use triage::ports::{Consulted, SecondMind, Summarised, Summary};
use triage::triage::Triage;

/// A `Triage` of its own behind a deadline.
pub struct TimedMind {
    /// Decides.
    pub triage: Triage,
    /// Where its calls are noted.
    pub tabs: Arc<Tabs>,
    /// Where it is noted that it was asked.
    pub spending: Arc<dyn Spending>,
    /// A whole decision may take so long.
    pub deadline: Duration,
    /// Says what a person who takes over must know; none where nobody asks for it.
    pub summariser: Option<ModelSummariser>,
    /// A summary may take so long.
    pub summary_deadline: Duration,
}

#[async_trait]
impl SecondMind for TimedMind {
    async fn decide(&self, case: &Case) -> Consulted {
        let tab = Tab::of(case);
        self.tabs.open(&tab);
        self.spending.asked(&case.ticket);
        let decided = tokio::time::timeout(self.deadline, self.triage.decide_alone(case)).await;
        let mut consultations = self.tabs.close(&tab);
        let problem = match decided {
            Ok(Ok(decision)) => return Consulted { decision: Some(decision), consultations },
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} ms", self.deadline.as_millis()),
        };
        consultations.push(Consultation::without_answer(problem));
        Consulted { decision: None, consultations }
    }

    async fn summarise(&self, case: &Case, reason: &Reason) -> Summarised {
        let Some(summariser) = &self.summariser else { return Summarised::default() };
        let tab = Tab::of(case);
        self.tabs.open(&tab);
        let said = tokio::time::timeout(self.summary_deadline, summariser.summarise(case, reason.sentence())).await;
        let mut consultations = self.tabs.close(&tab);
        let problem = match said {
            Ok(Ok(Output { wants, so_far })) => return Summarised { summary: Some(Summary { wants, so_far }), consultations },
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no summary within {} ms", self.summary_deadline.as_millis()),
        };
        consultations.push(Consultation::without_answer(problem));
        Summarised { summary: None, consultations }
    }
}
