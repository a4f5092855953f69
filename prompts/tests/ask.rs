//! One question to a model: what is read, what is repaired once, and what is given up.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use async_trait::async_trait;
use prompts::ask::{Question, ask};
use prompts::budget::money::{Caps, Price};
use prompts::budget::tokens::ByBytes;
use prompts::metered::Metered;
use prompts::ports::language_model::{Completion, CompletionRequest, LanguageModel, LanguageModelError, Stop};
use prompts::ports::spending::Spending;
use prompts::prompt::{Name, Prompt};
use prompts::prompts::standalone::{self, Input, Output};
use prompts::tabs::{Tab, Tabs};
use std::sync::{Arc, Mutex};
use triage::ticket::TicketId;

/// Says one thing after the other, and remembers what it was asked.
struct Says {
    answers: Mutex<Vec<(Stop, String)>>,
    asked: Mutex<Vec<CompletionRequest>>,
}

impl Says {
    fn new(answers: &[(Stop, &str)]) -> Self {
        let answers = answers.iter().rev().map(|(stop, text)| (*stop, (*text).to_owned())).collect();
        Says { answers: Mutex::new(answers), asked: Mutex::default() }
    }
}

#[async_trait]
impl LanguageModel for Says {
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError> {
        self.asked.lock().unwrap().push(request.clone());
        let unavailable = LanguageModelError::Unavailable { problem: "silence".to_owned(), may_be_charged: true };
        let (stop, text) = self.answers.lock().unwrap().pop().ok_or(unavailable)?;
        Ok(Completion { text, stop, tokens_in: 100, tokens_out: 10 })
    }

    fn name(&self) -> &str {
        "says"
    }
}

async fn question(model: &dyn LanguageModel) -> Result<Vec<String>, LanguageModelError> {
    let (prompt, tab) = (Prompt::load(Name::Standalone).unwrap(), Tab::named("t"));
    let input = Input { conversation: Vec::new(), asks: vec!["and on sunday?".to_owned()] };
    let question = Question { prompt: &prompt, tab: &tab, input: &input, schema: standalone::schema(), answer_tokens_max: 50 };
    let accept =
        |output: Output| if output.questions.len() == 1 { Ok(output.questions) } else { Err("it has not one question".to_owned()) };
    ask(model, &question, accept).await
}

const GOOD: &str = r#"{"questions":["are you open on sunday?"]}"#;

#[tokio::test]
async fn a_good_answer_is_read_and_a_bad_one_is_repaired_once() {
    for (answers, asked) in [
        (vec![(Stop::End, GOOD)], 1),
        (vec![(Stop::End, "Sure! Here it is."), (Stop::End, GOOD)], 2),
        (vec![(Stop::End, r#"{"questions":[]}"#), (Stop::End, GOOD)], 2),
        (vec![(Stop::End, r#"{"questions":["a"],"send_to":"+1"}"#), (Stop::End, GOOD)], 2),
        (vec![(Stop::Length, r#"{"questions":["a"#), (Stop::End, GOOD)], 2),
    ] {
        let says = Says::new(&answers);
        assert_eq!(question(&says).await.unwrap(), ["are you open on sunday?"], "{answers:?}");
        let requests = says.asked.lock().unwrap();
        assert_eq!(requests.len(), asked);
        assert!(asked == 1 || requests[1].user.contains("An earlier answer could not be used"));
        assert!(requests.iter().all(|request| request.system == requests[0].system && !request.system.contains("sunday")));
    }
}

#[tokio::test]
async fn what_is_no_answer_after_one_repair_is_malformed_and_a_refusal_or_a_leak_is_not_repaired() {
    let canary = Prompt::load(Name::Standalone).unwrap().canary;
    let leak = format!(r#"{{"questions":["{canary}"]}}"#);
    type Case<'a> = (Vec<(Stop, &'a str)>, fn(&LanguageModelError) -> bool, usize);
    let cases: [Case<'_>; 5] = [
        (vec![(Stop::End, "no"), (Stop::End, "no")], |e| matches!(e, LanguageModelError::Malformed { .. }), 2),
        (vec![(Stop::Length, "{"), (Stop::Length, "{")], |e| matches!(e, LanguageModelError::Malformed { .. }), 2),
        (vec![(Stop::Refusal, "")], |e| *e == LanguageModelError::Refused, 1),
        (vec![(Stop::End, leak.as_str())], |e| *e == LanguageModelError::Leaked, 1),
        (vec![], LanguageModelError::is_transient, 1),
    ];
    for (answers, is_as_expected, asked) in cases {
        let says = Says::new(&answers);
        let error = question(&says).await.unwrap_err();
        assert!(is_as_expected(&error), "{answers:?}: {error:?}");
        assert_eq!(says.asked.lock().unwrap().len(), asked);
        assert!(!error.to_string().contains("sunday") && !error.to_string().contains(&canary));
    }
}

/// Adds up, and has a cap of its own.
#[derive(Default)]
struct Purse {
    spent: Mutex<u64>,
    full: bool,
}

impl Spending for Purse {
    fn charge(&self, _: &TicketId, micro_usd: u64, _: &Caps) -> Result<(), &'static str> {
        *self.spent.lock().unwrap() += micro_usd;
        if self.full { Err("day") } else { Ok(()) }
    }

    fn asked(&self, _: &TicketId) {}

    fn settle(&self, _: &TicketId, charged: u64, cost: u64) {
        let mut spent = self.spent.lock().unwrap();
        *spent = *spent - charged + cost;
    }
}

fn metered(says: Says, purse: Arc<Purse>, tabs: Arc<Tabs>) -> Metered {
    let price = Price { input_usd_per_million: 1.0, output_usd_per_million: 10.0 };
    Metered { model: Arc::new(says), counter: Arc::new(ByBytes), spending: purse, tabs, price, caps: Caps::default() }
}

#[tokio::test]
async fn every_call_is_noted_and_paid_at_what_the_endpoint_counted() {
    let (purse, tabs, tab) = (Arc::new(Purse::default()), Arc::new(Tabs::default()), Tab::named("t"));
    tabs.open(&tab);
    let metered = metered(Says::new(&[(Stop::End, "no"), (Stop::End, GOOD)]), purse.clone(), tabs.clone());
    question(&metered).await.unwrap();
    let noted = tabs.close(&tab);
    let costs: Vec<(&str, u64)> = noted.iter().map(|one| (one.prompt.as_str(), one.cost_micro_usd)).collect();
    assert_eq!(costs, [("standalone/v1", 200), ("standalone/v1", 200)]);
    assert_eq!(*purse.spent.lock().unwrap(), 400);
    assert!(tabs.close(&tab).is_empty());
}

#[tokio::test]
async fn at_a_cap_nothing_is_asked_and_a_call_without_an_answer_stays_charged_when_it_may_have_been_done() {
    let (tabs, tab) = (Arc::new(Tabs::default()), Tab::named("t"));
    tabs.open(&tab);
    let full = metered(Says::new(&[(Stop::End, GOOD)]), Arc::new(Purse { full: true, ..Purse::default() }), tabs.clone());
    assert_eq!(question(&full).await.unwrap_err(), LanguageModelError::CapReached { cap: "day" });
    let purse = Arc::new(Purse::default());
    question(&metered(Says::new(&[]), purse.clone(), tabs.clone())).await.unwrap_err();
    assert!(*purse.spent.lock().unwrap() > 500, "fifty tokens of an answer and the prompt");
    let problems: Vec<String> = tabs.close(&tab).into_iter().filter_map(|one| one.problem).collect();
    assert_eq!(problems, ["the cap of the day is reached", "the model's endpoint did not answer: silence"]);
}
