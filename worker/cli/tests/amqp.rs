//! The program with RabbitMQ as its inbox, from outside: set-up, enqueue, worker, status, dead letters, doctor.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;

use common::{House, stderr, stdout};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// A house whose inbox is a queue of its own. None, and a word why, where there is no broker.
fn house(test: &str) -> Option<House> {
    if std::env::var_os("WHIMBREL_TEST_AMQP_URL").is_none() {
        let _closed = writeln!(std::io::stderr(), "left out: {test} (no RabbitMQ: WHIMBREL_TEST_AMQP_URL names none)");
        return None;
    }
    let queue = format!("test.{}.{test}", std::process::id());
    Some(House::new(&format!(
        "[worker]\nburst_window_ms = 0\nburst_max_ms = 0\npoll_ms = 10\n[log]\nlevel = \"error\"\n\
         [inbox]\nkind = \"amqp\"\n[inbox.amqp]\nqueue = {queue:?}\nlength_max = 0\n"
    )))
}

/// The program, which finds the broker's address in its environment as an operator would give it.
fn command(house: &House, arguments: &[&str]) -> Command {
    let mut command = house.command(arguments);
    command.env("WHIMBREL__INBOX__AMQP__URL", std::env::var_os("WHIMBREL_TEST_AMQP_URL").unwrap()).stdin(Stdio::null());
    command
}

fn run(house: &House, arguments: &[&str]) -> Output {
    command(house, arguments).output().unwrap()
}

fn read(house: &House, arguments: &[&str]) -> Value {
    let output = run(house, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn message(id: &str, from: &str) -> String {
    json!({ "v": 1, "message_id": id, "from": from, "to": "+12025550100", "text": "when do you open?" }).to_string()
}

#[test]
fn messages_go_through_the_broker_and_every_command_knows_it() {
    let Some(house) = house("messages_go_through_the_broker") else { return };
    let missing = run(&house, &["enqueue", house.write("one.jsonl", message("m0", "+12025550142")).to_str().unwrap()]);
    assert!(!missing.status.success() && stderr(&missing).contains("whimbrel setup amqp"), "{}", stderr(&missing));
    let ill = run(&house, &["doctor"]);
    assert!(!ill.status.success() && stdout(&ill).contains("whimbrel setup amqp"), "{}", stdout(&ill));
    assert_eq!(read(&house, &["setup", "amqp"])["queues"].as_array().unwrap().len(), 3);
    let well = run(&house, &["doctor"]);
    assert!(stdout(&well).contains("connected to") && !stdout(&well).contains("setup amqp"), "{}", stdout(&well));
    assert!(!stdout(&well).contains("guest"), "the address holds a password");

    let lines = [message("m1", "+12025550142"), "{\"v\":1".to_owned(), message("m2", "+12025550143")].join("\n");
    let file = house.write("lines.jsonl", lines);
    let enqueued = run(&house, &["enqueue", file.to_str().unwrap()]);
    assert_eq!(enqueued.status.code(), Some(2), "{}", stderr(&enqueued));
    assert_eq!(run(&house, &["enqueue", file.to_str().unwrap()]).status.code(), Some(2), "enqueued twice");
    let status = read(&house, &["status"]);
    assert_eq!((status["inbox"]["kind"].as_str(), status["inbox"]["waiting"].as_u64()), (Some("amqp"), Some(6)), "{status}");

    let settled = read(&house, &["worker", "--until-idle"]);
    assert_eq!((settled["received"].as_u64(), settled["decided"].as_u64(), settled["dead_letters"].as_u64()), (Some(2), Some(2), Some(0)));
    let status = read(&house, &["status"]);
    assert_eq!((status["inbox"]["waiting"].as_u64(), status["inbox"]["dead"].as_u64()), (Some(0), Some(2)), "{status}");
    assert!(stdout(&run(&house, &["status"])).contains("in its dead queue"));

    let letters = read(&house, &["dead", "list"]);
    assert_eq!((letters.as_array().unwrap().len(), letters[0]["copies"].as_u64()), (1, Some(2)), "{letters}");
    let id = letters[0]["id"].as_str().unwrap();
    assert!(letters[0]["reason"].as_str().unwrap().contains("EOF"), "{letters}");
    assert_eq!(read(&house, &["dead", "retry", id])["retried"], id);
    assert!(read(&house, &["dead", "list"]).as_array().unwrap().is_empty());
    read(&house, &["worker", "--until-idle"]);
    assert_eq!(read(&house, &["dead", "discard", id])["discarded"], id);
    for (verb, id) in [("retry", id), ("discard", id), ("discard", "never")] {
        let none = run(&house, &["dead", verb, id]);
        assert!(!none.status.success() && stderr(&none).contains("whimbrel dead list"), "{}", stderr(&none));
    }
}

#[test]
fn a_broker_that_cannot_be_reached_hides_nothing_else() {
    let house =
        House::new("[inbox]\nkind = \"amqp\"\n[inbox.amqp]\nurl = \"amqp://user:hush@127.0.0.1:1/%2f\"\n[log]\nlevel = \"error\"\n");
    let status = house.json(&["status"]);
    assert_eq!((status["inbox"]["kind"].as_str(), status["status"]["received"].as_u64()), (Some("unknown"), Some(0)));
    for arguments in [&["doctor"][..], &["dead", "list"], &["setup", "amqp"], &["status"], &["config"]] {
        let output = house.run(arguments);
        let said = stdout(&output) + &stderr(&output);
        assert!(!said.contains("hush"), "{said}");
        assert!(arguments == ["config"] || said.contains("check that the broker runs"), "{said}");
    }
}

#[test]
fn an_inbox_without_an_address_is_named_before_anything_is_done() {
    let house = House::new("[inbox]\nkind = \"amqp\"\n[inbox.amqp]\nprefetch = 0\n");
    let said = stderr(&house.run(&["worker"]));
    assert!(said.contains("WHIMBREL__INBOX__AMQP__URL") && said.contains("inbox.amqp.prefetch"), "{said}");
    house.write("address", "amqp://127.0.0.1:1/%2f\n");
    let with_file = House::new(&format!("[inbox]\nkind = \"amqp\"\n[inbox.amqp]\nurl_file = {:?}\n", house.path("address")));
    let said = stderr(&with_file.run(&["setup", "amqp"]));
    assert!(said.contains("connecting to 127.0.0.1:1"), "{said}");
}
