//! The worker with a model on a real wire that does everything wrong: every message ends with a decision or with a person, and no cap
//! in money is passed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints what it counted"
)]

use adapters::language_model::openai::model::OpenAiModel;
use adapters::language_model::openai::settings::{CallLimits, Endpoint};
use adapters::secret::Secret;
use adapters::shield::local::LocalShield;
use adapters::sms_gateway::memory::MemorySmsGateway;
use adapters::spending::memory::MemorySpending;
use cli::config::Config;
use cli::config::model::ModelPrice;
use prompts::budget::money::Price;
use runtime::ports::records::Records;
use runtime::settings::WorkerSettings;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tests::model::brain::grounded;
use tests::model::fault::Fault;
use tests::model::mind::{asking, config};
use tests::model::server::{MODEL, ModelServer, Script};
use tests::test_worker::TestWorker;
use triage::case::Case;
use triage::consultation::Mind;
use triage::decision::Action;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};
use triage::triage::Triage;

/// All that may be said: the answers of the test worker's FAQ.
const ANSWERS: [&str; 3] =
    ["We open at 9 am from Monday to Saturday.", "You can return unused items within 30 days.", "Gift cards never expire."];
const QUESTIONS: [&str; 3] = ["when do you open", "can i return something", "do gift cards expire"];

/// The deadline of a whole reply.
const REPLY: Duration = Duration::from_secs(30);

fn limits() -> CallLimits {
    CallLimits {
        silence_timeout_ms: 100,
        attempt_timeout_ms: 250,
        call_timeout_ms: 2_000,
        attempts_max: 2,
        retry_first_ms: 2,
        response_bytes_max: 256 * 1024,
        concurrency_max: 100,
        breaker_failures: 1_000_000,
        ..CallLimits::default()
    }
}

async fn server(fault: impl Fn(usize) -> Option<Fault> + Send + Sync + 'static) -> ModelServer {
    ModelServer::start(Script { fault: Box::new(fault), ..Script::of(grounded) }).await.unwrap()
}

fn model(server: &ModelServer) -> Arc<OpenAiModel> {
    let endpoint = Endpoint { key: Secret::new("sk"), limits: limits(), ..Endpoint::at(&server.url()) };
    Arc::new(OpenAiModel::new(endpoint, MODEL).unwrap())
}

fn priced(day_usd: f64) -> Config {
    let mut config = config().unwrap();
    let price = Price { input_usd_per_million: 1.0, output_usd_per_million: 4.0 };
    config.model.prices = vec![ModelPrice { name: MODEL.to_owned(), price }];
    (config.model.caps.call_usd, config.model.caps.ticket_usd, config.model.caps.month_usd) = (0.0, 0.0, 0.0);
    config.model.caps.day_usd = day_usd;
    config.model.name = MODEL.to_owned();
    config
}

/// A worker whose every message needs the model.
async fn worker(server: &ModelServer, config: &Config) -> (TestWorker, Arc<MemorySmsGateway>, Arc<MemorySpending>) {
    let gateway = Arc::new(MemorySmsGateway::default());
    let mut spending = None;
    let settings = WorkerSettings::default();
    let worker = TestWorker::with_triage(gateway.clone(), settings, |triage| {
        let (triage, accounts) = asking(triage, config, model(server), Arc::new(LocalShield)).unwrap();
        spending = Some(accounts);
        triage
    });
    let worker = worker.await.unwrap();
    (worker, gateway, spending.unwrap())
}

fn write(worker: &TestWorker, count: usize) {
    for n in 0..count {
        let line = serde_json::json!({
            "v": 1, "message_id": format!("SM{n}"), "from": format!("+1202556{n:04}"), "to": "+12025550100", "text": QUESTIONS[n % 3]
        });
        worker.inbox.put(line.to_string().into_bytes());
    }
}

#[tokio::test]
async fn a_thousand_messages_with_every_fault_end_with_a_decision_or_a_person() {
    let server = server(|n| (n % 10 == 3).then(|| Fault::ALL[(n / 10) % Fault::ALL.len()])).await;
    let (worker, gateway, _) = worker(&server, &priced(0.0)).await;
    write(&worker, 1_000);
    worker.settle().await.unwrap();
    let status = worker.ledger.status().await.unwrap();
    assert_eq!((status.received, status.waiting, status.decided + status.dead), (1_000, 0, 1_000), "{status:?}");
    let (mut replies, mut by_model, mut noted) = (0, 0, 0);
    for stored in worker.ledger.decisions(2_000).await.unwrap() {
        let decision = stored.decision;
        by_model += usize::from(decision.receipt.mind == Mind::Model);
        noted += usize::from(decision.receipt.consultations.iter().any(|one| one.problem.is_some()));
        match &decision.action {
            Action::Reply { texts } => {
                replies += 1;
                assert!(decision.receipt.faults.is_empty() && ANSWERS.contains(&texts.join("\n").as_str()), "{texts:?}");
            }
            Action::Escalate { .. } => {}
            other @ (Action::Draft { .. } | Action::TagOnly | Action::Ignore) => panic!("neither a reply nor a person: {other:?}"),
        }
    }
    let customers: BTreeSet<String> = gateway.sent().iter().map(|sms| sms.to.reveal().to_owned()).collect();
    assert_eq!((gateway.sent().len(), customers.len()), (replies, replies), "one reply a customer");
    println!("1,000 messages, {} calls: {replies} replies, {by_model} by the model, {noted} with a note of a fault", server.calls());
    assert!(replies > 800, "most faults pass: {replies}");
}

#[tokio::test]
async fn no_cap_in_money_is_passed_and_receipts_say_that_it_was_reached() {
    let server = server(|n| (n % 10 == 3).then(|| Fault::ALL[(n / 10) % Fault::ALL.len()])).await;
    let config = priced(0.5);
    let (worker, _, spending) = worker(&server, &config).await;
    write(&worker, 300);
    worker.settle().await.unwrap();
    let accounts = spending.accounts();
    assert!(accounts.day_micro_usd <= 500_000, "{accounts:?}");
    assert_eq!(accounts.capped.as_deref(), Some("day"));
    let decisions = worker.ledger.decisions(1_000).await.unwrap();
    let capped = decisions.iter().filter(|stored| {
        let said = |problem: &String| problem.contains("the cap of the day is reached");
        stored.decision.receipt.consultations.iter().any(|one| one.problem.as_ref().is_some_and(said))
    });
    let (capped, spent): (usize, u64) = (capped.count(), decisions.iter().map(|stored| stored.decision.receipt.cost_micro_usd()).sum());
    println!("300 messages, cap 0.5 USD: {} spent, {capped} decided without the model", accounts.day_micro_usd);
    assert!(capped > 50 && capped < 300 && spent <= accounts.day_micro_usd, "{capped} {spent}");
    let status = worker.ledger.status().await.unwrap();
    assert_eq!((status.waiting, status.decided), (0, 300));
}

fn case(n: usize) -> Case {
    let message = Message {
        id: MessageId(format!("m{n}")),
        author: Author::Customer,
        at: "2026-11-02T15:00:00Z".parse().unwrap(),
        text: QUESTIONS[n % 3].to_owned(),
        media: Vec::new(),
        carrier_answered: false,
    };
    let ticket = Ticket {
        id: TicketId(format!("t{n}")),
        customer: PhoneNumber::parse("+12025550142").unwrap(),
        messages: vec![message],
        tags: vec![],
        owners: vec![],
        opted_out: vec![],
    };
    Case::at(&ticket, &MessageId(format!("m{n}"))).unwrap()
}

/// A hundred decisions at once, each within the deadline of a reply; how many are replies, and how many are for a person.
async fn hundred(triage: &Triage) -> (usize, usize) {
    let decisions: Vec<_> = (0..100)
        .map(|n| {
            let triage = triage.clone();
            tokio::spawn(async move { tokio::time::timeout(REPLY, triage.decide(&case(n))).await })
        })
        .collect();
    let (mut replies, mut persons) = (0, 0);
    for decision in decisions {
        match decision.await.unwrap().unwrap().unwrap().action {
            Action::Reply { texts } => {
                assert!(ANSWERS.contains(&texts.join("\n").as_str()), "{texts:?}");
                replies += 1;
            }
            Action::Escalate { .. } => persons += 1,
            other @ (Action::Draft { .. } | Action::TagOnly | Action::Ignore) => panic!("neither a reply nor a person: {other:?}"),
        }
    }
    (replies, persons)
}

#[tokio::test]
async fn every_fault_a_hundred_times_ends_in_a_reply_or_a_person_within_the_deadline() {
    for fault in Fault::ALL {
        let server = server(move |_| Some(fault)).await;
        let (worker, _, _) = worker(&server, &priced(0.0)).await;
        let (replies, persons) = hundred(&worker.triage).await;
        println!("{fault:?} always: {replies} replies, {persons} for a person");
        assert_eq!((replies, persons), (0, 100), "{fault:?}: a model that never answers decides nothing");
    }
}

#[tokio::test]
async fn every_fault_on_each_third_call_ends_in_a_reply_or_a_person_within_the_deadline() {
    for fault in Fault::ALL {
        let server = server(move |n| (n % 3 == 0).then_some(fault)).await;
        let (worker, _, _) = worker(&server, &priced(0.0)).await;
        let (replies, persons) = hundred(&worker.triage).await;
        println!("{fault:?} on each third call: {replies} replies, {persons} for a person");
        assert_eq!(replies + persons, 100, "{fault:?}");
    }
}

#[tokio::test]
async fn a_model_that_takes_too_long_as_a_whole_is_not_waited_for() {
    let server = server(|_| Some(Fault::Hang)).await;
    let mut config = priced(0.0);
    config.model.reply_deadline_ms = 50; // less than one attempt
    let (worker, _, _) = worker(&server, &config).await;
    let decision = worker.triage.decide(&case(0)).await.unwrap();
    assert!(matches!(decision.action, Action::Escalate { .. }));
    let problem = decision.receipt.consultations.last().unwrap().problem.clone().unwrap();
    // The one deadline ends the call and the whole reply in the same moment: either may speak first.
    assert!(problem.contains("no answer"), "{problem}");
}
