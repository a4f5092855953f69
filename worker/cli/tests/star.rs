//! The worker on real input: every customer message of the STAR dialogues against their procedures, with and without
//! kill -9 at twenty random moments.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;

use common::{House, shared};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

/// Kills in the second run.
const KILLS: u32 = 20;
/// Seed of the moments of the kills.
const SEED: u64 = 4_143;

/// Tickets that the classifier is trained on.
const HISTORY: usize = 300;

/// One turn a conversation, so that both runs decide the same turns whatever is killed in between.
const CONFIG: &str = "
[worker]
burst_window_ms = 4000
burst_max_ms = 120000
lease_ms = 3000
decision_deadline_ms = 2000
effect_deadline_ms = 2000
settle_ms = 200
poll_ms = 20
[log]
level = \"error\"
";

/// Everything may be sent, so that a double reply would show.
const POLICY: &str = "
max_wrong_per_100 = 100
draft_max_wrong_per_100 = 100
default_ceiling = \"reply\"
uncalibrated_ceiling = \"reply\"
[limits]
intent_probability_min = 0.0
out_of_scope_max = 1.0
";

#[test]
fn every_message_is_accounted_for_and_none_is_answered_twice_whatever_is_killed() {
    let name = "every_message_is_accounted_for_and_none_is_answered_twice_whatever_is_killed";
    let Some(data) = shared(name, "data") else { return };
    let messages = inbound(&data.join("tickets/star.jsonl.gz"));
    let history = lines(&data.join("tickets/star.jsonl.gz")).take(HISTORY).collect::<Vec<_>>().join("\n");
    let calm = run(&data, &history, &messages, 0);
    let killed = run(&data, &history, &messages, KILLS);
    assert_eq!(calm.decisions, killed.decisions, "the same turns are decided the same way");
    assert_eq!(calm.sent, killed.sent, "the same replies go out");
    assert_eq!(calm.actions, killed.actions, "as many of each");
    println!("{} messages, {} replies, {KILLS} kills (seed {SEED}), turns by action: {:?}", messages.len(), calm.sent.len(), calm.actions);
}

/// Where everything ended.
struct End {
    /// Conversation to action and reason, for every 97th conversation.
    decisions: BTreeMap<String, String>,
    /// Conversation and text of every SMS.
    sent: BTreeSet<(String, String)>,
    /// Turns by action.
    actions: BTreeMap<String, usize>,
}

fn run(data: &Path, history: &str, messages: &[Value], kills: u32) -> End {
    let house = House::new(CONFIG);
    house.write("policy.toml", POLICY);
    procedures(&house, &data.join("kb/star_procedures.jsonl"));
    assert!(house.run(&["knowledge", "add", "procedures", "--valid-from", "2020-01-01T00:00:00Z"]).status.success());
    house.write("history.jsonl", history);
    assert!(house.run(&["learn", "history.jsonl", "--skip-calibration"]).status.success());
    let lines: String = messages.iter().map(|message| format!("{message}\n")).collect();
    let enqueued = house.feed(&["enqueue", "-"], lines.as_bytes());
    assert!(enqueued.status.success(), "{}", common::stderr(&enqueued));
    let mut random = SEED;
    for _ in 0..kills {
        let mut worker = house.start_worker(&[]);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The moment of the kill is what is random here; nothing waits for a state.
        std::thread::sleep(Duration::from_millis(150 + (random >> 33) % 1_200));
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    assert!(house.start_worker(&["--until-idle"]).wait().unwrap().success());
    end(&house, messages)
}

fn end(house: &House, messages: &[Value]) -> End {
    let status = house.json(&["status"]);
    let count = |name: &str| status["status"][name].as_u64().unwrap();
    assert_eq!(count("received") as usize, messages.len(), "nothing is lost");
    assert_eq!((count("waiting"), count("dead"), status["spooled"].as_u64().unwrap()), (0, 0, 0), "nothing is left over");
    assert_eq!(count("decided") as usize, messages.len());
    let (mut sent, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for line in house.outbox() {
        assert!(keys.insert(line["key"].as_str().unwrap().to_owned()), "an effect happened twice");
        if line["kind"] == "send" {
            let reply = (line["ticket"].as_str().unwrap().to_owned(), line["text"].as_str().unwrap().to_owned());
            assert!(sent.insert(reply), "a customer received the same reply twice");
        }
    }
    let tickets: BTreeSet<&String> = sent.iter().map(|(ticket, _)| ticket).collect();
    assert_eq!(tickets.len(), sent.len(), "one reply for one turn");
    let (mut decisions, mut actions) = (BTreeMap::new(), BTreeMap::new());
    let conversations: BTreeSet<&str> = messages.iter().map(|message| message["conversation_id"].as_str().unwrap()).collect();
    for action in status["status"]["decisions"].as_object().unwrap() {
        actions.insert(action.0.clone(), action.1.as_u64().unwrap() as usize);
    }
    for conversation in conversations.iter().step_by(97) {
        let stored = house.json(&["explain", conversation]);
        assert_eq!(stored["decision"]["receipt"]["ticket"], **conversation, "the receipt is stored");
        decisions
            .insert((*conversation).to_owned(), format!("{} {}", stored["decision"]["action"]["do"], stored["decision"]["reason"]["why"]));
    }
    End { decisions, sent, actions }
}

/// The customer messages, conversation by conversation, each customer with a number of their own.
fn inbound(path: &Path) -> Vec<Value> {
    let mut messages = Vec::new();
    for (n, line) in lines(path).enumerate() {
        let ticket: Value = serde_json::from_str(&line).unwrap();
        let id = ticket["ticket_id"].as_str().unwrap();
        let texts = ticket["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "customer");
        for (m, message) in texts.enumerate() {
            messages.push(json!({
                "v": 1, "message_id": format!("{id}-{m}"), "conversation_id": id,
                "from": format!("+1555{n:07}"), "to": "+12025550100", "text": message["text"],
            }));
        }
    }
    messages
}

fn lines(path: &Path) -> impl Iterator<Item = String> {
    BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines().map(Result::unwrap)
}

/// The procedures as Markdown files.
fn procedures(house: &House, path: &Path) {
    for line in BufReader::new(File::open(path).unwrap()).lines() {
        let document: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let replies = document["replies"].as_object().map(|replies| replies.values().filter_map(Value::as_str).collect::<Vec<_>>());
        let text = replies.map_or_else(|| document["text"].as_str().unwrap().to_owned(), |replies| replies.join("\n\n"));
        house.write(
            &format!("procedures/{}.md", document["doc_id"].as_str().unwrap()),
            format!("# {}\n\n{text}\n", document["title"].as_str().unwrap()),
        );
    }
}
