//! Simulations with a language model behind a real socket: what it costs, what is asked again, how often it flips, how it judges, and what
//! it makes of gaps.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use clap::Parser;
use cli::args::{Args, Command};
use cli::commands::simulate::run::run;
use cli::config::Config;
use cli::config::load::load;
use cli::config::model::{ModelKind, ModelPrice};
use cli::screen::Screen;
use prompts::budget::money::Price;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tests::model::brain::{Asked, grounded};
use tests::model::fault::Fault;
use tests::model::server::{MODEL, ModelServer, Script};

/// Tickets of the little shop.
const TICKETS: usize = 48;
/// From this one on a new question comes up.
const NEW_FROM: usize = 36;

/// A folder with past tickets of two questions, and a configuration that knows the model.
struct Shop {
    folder: TempDir,
    config: Config,
    server: ModelServer,
}

impl Shop {
    async fn with(script: Script) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = load(None, Some(&folder.path().join("data").to_string_lossy())).unwrap();
        config.policy_file = folder.path().join("policy.toml");
        config.intents_file = folder.path().join("intents.toml");
        let server = ModelServer::start(script).await.unwrap();
        let model = &mut config.model;
        (model.kind, model.base_url, model.name) = (ModelKind::Openai, server.url(), MODEL.to_owned());
        (model.calls.attempts_max, model.calls.breaker_failures) = (1, 1_000);
        let price = Price { input_usd_per_million: 1.0, output_usd_per_million: 2.0 };
        model.prices = vec![ModelPrice { name: MODEL.to_owned(), price }];
        std::fs::write(folder.path().join("tickets.jsonl"), tickets()).unwrap();
        // A dial that the local mind misses with every answer.
        std::fs::write(&config.policy_file, "max_wrong_per_100 = 0.01\n").unwrap();
        Shop { folder, config, server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `whimbrel simulate` with these arguments.
    async fn simulate(&self, arguments: &[&str]) -> ExitCode {
        let args = Args::parse_from(["whimbrel", "simulate"].iter().chain(arguments));
        let Command::Simulate(simulate) = args.command else { panic!("no simulation") };
        run(&self.config, &simulate, &Screen::silent()).await.unwrap()
    }

    /// A run of the tickets into a folder; its report.
    async fn replay(&self, out: &str, more: &[&str]) -> Value {
        let (tickets, out) = (self.path("tickets.jsonl"), self.path(out));
        let (tickets, out) = (tickets.to_string_lossy().into_owned(), out.to_string_lossy().into_owned());
        let fixed = [&tickets, "--out", &out, "--blocks", "4", "--examples-max", "24", "--lexical"];
        let at_once: &[&str] = if more.contains(&"--concurrency") { &[] } else { &["--concurrency", "2"] };
        self.simulate(&[&fixed[..], at_once, more].concat()).await;
        serde_json::from_slice(&std::fs::read(Path::new(&out).join("report.json")).unwrap()).unwrap()
    }

    fn lines(&self, out: &str) -> String {
        std::fs::read_to_string(self.path(out).join("tickets.jsonl")).unwrap()
    }
}

fn tickets() -> String {
    let things = ["the blue tent", "my lamp", "a pair of boots", "the stove", "this jacket", "a rope"];
    let people = ["my sister", "my uncle", "a friend", "our club", "the school", "my mother", "a neighbour", "the choir"];
    let ticket = |n: usize| {
        // No two tickets ask in the same words: every prompt is its own.
        let (thing, whose) = (things[n % things.len()], people[n / things.len() % people.len()]);
        let day = 1 + n % 28;
        let (intent, asked, answer) = match n % 2 {
            // Nobody asked this before the last quarter: the knowledge has no answer.
            _ if n >= NEW_FROM && n.is_multiple_of(3) => (
                "parking",
                format!("is there parking for a camper van beside your store for {whose}?"),
                "Campers may park behind the store, free of charge.",
            ),
            0 => {
                ("hours", format!("when do you open so that i can fetch {thing} for {whose}?"), "We open at 9 am from Monday to Saturday.")
            }
            _ => {
                ("returns", format!("how do i send {thing} of {whose} back to you?"), "You can return it within 30 days with the receipt.")
            }
        };
        let at = format!("2026-{:02}-{day:02}T10:{:02}:00Z", 1 + n / 28, n % 60);
        let answered = at.replace("T10:", "T11:");
        json!({ "ticket_id": format!("T-{n}"), "created_at": at, "customer": format!("+1202555{:04}", 1_000 + n), "lang": "en",
            "intents": [intent], "messages": [
                { "role": "customer", "at": at, "text": asked }, { "role": "agent", "at": answered, "text": answer } ] })
        .to_string()
    };
    (0..TICKETS).map(ticket).collect::<Vec<_>>().join("\n")
}

fn of_model(lines: &str) -> usize {
    lines.lines().filter(|line| line.contains("\"mind\":\"model\"")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cascade_says_what_the_model_costs_and_a_second_run_asks_it_nothing() {
    let shop = Shop::with(Script::of(grounded)).await;
    let report = shop.replay("first", &["--mind", "cascade"]).await;
    let (calls, lines) = (shop.server.calls(), shop.lines("first"));
    assert!(calls > 20 && of_model(&lines) > 5, "{calls} calls, {} decisions", of_model(&lines));
    let sums = &report["money"]["sums"];
    assert!(sums["model_tokens"].as_u64().unwrap() > 1_000 && sums["micros_model"].as_u64().unwrap() > 1_000, "{sums}");
    assert!(report["money"]["model_usd"].as_f64().unwrap() > 0.0 && sums["model_failed"] == 0, "{sums}");
    assert_eq!((&report["setup"]["mind"], &report["setup"]["model"]["name"]), (&json!("cascade"), &json!(MODEL)));
    assert!(report["judging"]["asked"].as_u64().unwrap() > 5, "where a model decides, it judges too: {}", report["judging"]);
    let spending = || std::fs::read_to_string(shop.path("data/model-spending.jsonl")).unwrap().lines().count();
    let spent = spending();
    shop.replay("second", &["--mind", "cascade", "--concurrency", "1"]).await;
    assert_eq!((shop.server.calls(), spending()), (calls, spent), "every answer was kept, and nothing is paid twice");
    assert!(lines == shop.lines("second"), "the same answers give the same lines at any concurrency");
    let local = shop.replay("local", &["--mind", "local"]).await;
    assert_eq!((local["money"]["sums"]["model_asked"].as_u64(), shop.server.calls()), (Some(0), calls));
    assert_ne!(local["setup"]["run"], report["setup"]["run"], "another mind is another run");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_counted_and_never_kept() {
    let mut script = Script::of(grounded);
    // Every third call of the first dozen fails; later ones do not.
    script.fault = Box::new(|n| (n < 12 && n % 3 == 0).then_some(if n % 2 == 0 { Fault::ServerError } else { Fault::Garbage }));
    let shop = Shop::with(script).await;
    let run = ["--mind", "cascade", "--no-judge"];
    let failed = |report: &Value| report["money"]["sums"]["model_failed"].as_u64().unwrap();
    let lines_failed = |lines: &str| lines.lines().filter(|line| line.contains("\"problem\":")).count();
    shop.replay("first", &run).await;
    let (calls, before) = (shop.server.calls(), lines_failed(&shop.lines("first")));
    assert!(before > 0, "some calls failed");
    let again = shop.replay("first", &[&run[..], &["--again"]].concat()).await;
    assert!(shop.server.calls() > calls, "what failed is asked again");
    assert_eq!((failed(&again), lines_failed(&shop.lines("first"))), (0, 0));
    let calls = shop.server.calls();
    shop.replay("first", &[&run[..], &["--again"]].concat()).await;
    assert_eq!(shop.server.calls(), calls, "and what came then is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_ask_a_model_anew_and_say_how_often_it_flips() {
    let read = AtomicUsize::new(0);
    // Every other time it takes the message for the last intent of the list in the place of the first.
    let fickle = move |asked: &Asked| {
        let intents = asked.list("intents");
        let is_odd = asked.prompt == "classify" && read.fetch_add(1, Ordering::SeqCst) % 2 == 1;
        let taken_for = if is_odd { intents.last() } else { intents.first() };
        match taken_for.filter(|_| asked.prompt == "classify") {
            Some(intent) => json!({ "intents": [{ "name": intent["name"], "probability": 1.0 }], "out_of_scope": 0.0, "language": "en",
                "urgency": "normal", "asks": [{ "quote": asked.text("message"), "intent": null }] })
            .to_string(),
            None => grounded(asked),
        }
    };
    let shop = Shop::with(Script::of(fickle)).await;
    let run = ["--mind", "model", "--no-judge", "--repeats", "2", "--concurrency", "1"];
    let report = shop.replay("fickle", &run).await;
    let flipped = &report["flipped"];
    assert!(flipped["of"].as_u64().unwrap() > 0 && flipped["count"].as_u64().unwrap() > 0, "{flipped}");
    let (calls, lines) = (shop.server.calls(), shop.lines("fickle"));
    shop.replay("fickle", &[&run[..], &["--again"]].concat()).await;
    assert_eq!(shop.server.calls(), calls, "each draw has answers of its own on disk");
    assert!(lines == shop.lines("fickle"));
    let steady = shop.replay("local", &["--repeats", "2"]).await;
    assert_eq!(steady["flipped"]["count"].as_u64(), Some(0), "the local mind never flips");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_judge_has_the_last_word_with_its_reason_and_the_model_alone_can_decide() {
    let strict = |asked: &Asked| match asked.prompt.as_str() {
        "judge" => json!({ "reason": "it names no counter", "verdict": "wrong" }).to_string(),
        _ => grounded(asked),
    };
    let shop = Shop::with(Script::of(strict)).await;
    let report = shop.replay("model", &["--mind", "model"]).await;
    let judging = &report["judging"];
    assert!(judging["asked"].as_u64().unwrap() > 5 && judging["failed"] == 0, "{judging}");
    assert!(judging["stricter"].as_u64().unwrap() > 0 && judging["milder"] == 0, "{judging}");
    let lines = shop.lines("model");
    assert!(of_model(&lines) > 20 && lines.contains("it names no counter"));
    let decided = lines.lines().filter(|line| line.contains("\"decision\":")).count();
    assert_eq!(of_model(&lines), decided, "nobody but the model decided");
    let page = std::fs::read_to_string(shop.path("model/report.html")).unwrap();
    assert!(page.contains("its reason before its verdict") && page.contains("the language model decided alone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_becomes_a_draft_that_the_model_distils_and_nothing_answers_from_before_a_person_looked() {
    let lesson = |asked: &Asked| match asked.prompt.as_str() {
        "distil" => json!({ "reason": "it serves all", "question": "Where can campers park?",
            "answer": "Campers may park behind the store, free of charge." })
        .to_string(),
        _ => grounded(asked),
    };
    let shop = Shop::with(Script::of(lesson)).await;
    let report = shop.replay("run", &[]).await;
    let gaps = report["gaps"].as_array().unwrap().len();
    assert!(gaps > 0, "{report:#}");
    let (run, out) = (shop.path("run").to_string_lossy().into_owned(), shop.path("drafts").to_string_lossy().into_owned());
    shop.simulate(&["gaps", &run, "--out", &out, "--mind", "model"]).await;
    let drafts: Vec<PathBuf> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    let text = std::fs::read_to_string(&drafts[0]).unwrap();
    assert!(text.contains("draft: true") && text.contains("# Where can campers park?") && text.contains("learned_from_tickets: T-"));
    let parsed = |text: &str| knowledge::stages::parse_markdown::parse(&knowledge::document::DocumentKey("a.md".to_owned()), text);
    assert!(parsed(&text).unwrap_err().contains("draft: true"), "a draft is refused by name");
    let reviewed = parsed(&text.replace("draft: true\n", "")).unwrap();
    assert_eq!(reviewed.title, "Where can campers park?");
    assert!(!format!("{:?}", reviewed.sections).contains("T-"), "where it was learned from is no part of the article");
    // What somebody has begun to review is not written over.
    std::fs::write(&drafts[0], "mine").unwrap();
    shop.simulate(&["gaps", &run, "--out", &out, "--mind", "local"]).await;
    assert_eq!(std::fs::read_to_string(&drafts[0]).unwrap(), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_that_is_reached_stops_the_asking_and_the_report_says_so() {
    let mut shop = Shop::with(Script::of(grounded)).await;
    let run = ["--mind", "cascade", "--no-judge", "--concurrency", "1"];
    let spent = |shop: &Shop| -> i64 {
        let text = std::fs::read_to_string(shop.path("data/model-spending.jsonl")).unwrap_or_default();
        let cost = |line: &str| serde_json::from_str::<Value>(line).unwrap()["micro_usd"].as_i64().unwrap_or(0);
        text.lines().map(cost).sum()
    };
    // Nothing is left of the month after some calls.
    const CAP_USD: f64 = 0.02;
    shop.config.model.caps.month_usd = CAP_USD;
    let capped = shop.replay("run", &run).await;
    let sums = &capped["money"]["sums"];
    let (asked, stopped) = (shop.server.calls(), sums["model_capped"].as_u64().unwrap());
    assert!(asked > 0 && stopped > 0 && sums["model_failed"].as_u64().unwrap() >= stopped, "{asked} calls: {sums}");
    assert!(spent(&shop) <= (CAP_USD * 1e6) as i64, "no more is spent than the cap: {}", spent(&shop));
    let lines = shop.lines("run");
    assert!(of_model(&lines) > 0 && lines.contains("the cap of the month is reached"), "what was not asked was decided by the local mind");
    let page = std::fs::read_to_string(shop.path("run/report.html")).unwrap();
    assert!(page.contains("a cap on spending was reached"), "the page says so");
    // The cap is raised: only what is missing is asked, and nothing twice.
    shop.config.model.caps.month_usd = 0.0;
    let whole = shop.replay("run", &[&run[..], &["--again"]].concat()).await;
    assert_eq!(whole["money"]["sums"]["model_capped"], 0);
    let other = Shop::with(Script::of(grounded)).await;
    other.replay("run", &run).await;
    assert_eq!(shop.server.calls(), other.server.calls(), "a run in two parts asks as often as one in a piece");
    assert!(shop.lines("run") == other.lines("run"), "and comes out the same");
}
