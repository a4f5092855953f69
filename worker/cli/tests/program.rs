//! The program from outside: what an operator and an admin do, and what happens when the input is bad.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;

use common::{House, stderr, stdout};
use serde_json::json;

/// No waiting: a turn is over when its message is in.
const QUICK: &str = "
[worker]
burst_window_ms = 0
burst_max_ms = 0
poll_ms = 10
[log]
level = \"error\"
";

fn message(id: &str, from: &str, text: &str) -> String {
    format!("{}\n", json!({ "v": 1, "message_id": id, "from": from, "to": "+12025550100", "text": text }))
}

fn settle(house: &House) -> serde_json::Value {
    let output = house.run(&["worker", "--until-idle", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn bad_lines_are_named_and_kept_and_their_neighbours_are_decided() {
    let house = House::new(QUICK);
    let mut input = message("m1", "+12025550142", "when do you open?").into_bytes();
    input.extend(b"{\"v\":1,\"message_id\":\"m2\"\n");
    input.extend(b"not json at all\n");
    input.extend(message("m3", "555", "hello").replace("\"555\"", "\"five\"").into_bytes());
    input.extend(b"{\"v\":1,\"message_id\":\"m4\",\"from\":\"+12025550142\",\"to\":\"+12025550100\",\"text\":\"\xff\xfe\"}\n");
    input.extend(message("m5", "+12025550143", "x").replace("\"v\":1", "\"v\":9").into_bytes());
    input.extend(message("m6", "+12025550143", "x").replace("\"text\"", "\"txet\"").into_bytes());
    input.extend(message("m7", "+12025550143", &"a".repeat(10 << 20)).into_bytes());
    input.extend(message("m8", "+12025550144", "do you ship to France?").into_bytes());
    let enqueued = house.feed(&["enqueue", "-"], &input);
    assert_eq!(enqueued.status.code(), Some(2));
    let named = stderr(&enqueued);
    for line in 2..=8 {
        assert!(named.contains(&format!("line {line}:")), "line {line} is not named in {named}");
    }
    assert!(!named.contains("five"), "a value of a message is repeated");
    let status = settle(&house);
    assert_eq!((status["received"].as_u64(), status["decided"].as_u64()), (Some(2), Some(2)));
    assert_eq!(house.json(&["dead", "list"]).as_array().unwrap().len(), 7, "nothing is lost");
}

#[test]
fn every_fault_of_the_configuration_is_named_at_once() {
    let house = House::new("[worker]\nleas_ms = 5\npoll_ms = \"soon\"\n[console]\nlisten = 8088\n");
    let output = house.run(&["status"]);
    assert!(!output.status.success());
    let said = stderr(&output);
    for part in ["3 fault(s)", "did you mean worker.lease_ms?", "worker.poll_ms", "console.listen"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

#[test]
fn the_environment_overrides_the_file() {
    let house = House::new("[worker]\nlease_ms = 70000\n");
    let output = house.command(&["config", "--json"]).env("WHIMBREL__WORKER__LEASE_MS", "90000").output().unwrap();
    let config: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(config["worker"]["lease_ms"], 90_000);
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_a_hint() {
    let house = House::new("");
    house.write("blocked", "a file where a folder should be");
    let output = house.run(&["--data-dir", "blocked/data", "status"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("choose another data_dir"), "{}", stderr(&output));
}

#[test]
fn a_message_that_is_delivered_twice_is_decided_once() {
    let house = House::new(QUICK);
    let line = message("m1", "+12025550142", "when do you open?");
    for _ in 0..3 {
        assert!(house.feed(&["enqueue", "-"], line.as_bytes()).status.success());
        settle(&house);
    }
    let status = house.json(&["status"]);
    assert_eq!(status["status"]["received"], 1);
    assert_eq!(house.outbox().len(), 1, "one hand-over to a person and nothing else");
}

#[test]
fn stop_means_stop() {
    let house = House::new(QUICK);
    house.write("policy.toml", "uncalibrated_ceiling = \"reply\"\n[texts.opted_out]\nen = \"No more texts from us.\"\n");
    for (id, text) in [("m1", "pls dont text me anymore"), ("m2", "when do you open?"), ("m3", "hello??")] {
        house.feed(&["enqueue", "-"], message(id, "+12025550142", text).as_bytes());
        settle(&house);
    }
    let sent: Vec<_> = house.outbox().into_iter().filter(|line| line["kind"] == "send").collect();
    assert_eq!(sent.len(), 1, "the one confirmation");
    assert_eq!(sent[0]["text"], "No more texts from us.");
    assert_eq!(house.json(&["status"])["status"]["opted_out"], 1);
}

#[test]
fn nothing_is_decided_while_paused() {
    let house = House::new(QUICK);
    house.feed(&["enqueue", "-"], message("m1", "+12025550142", "when do you open?").as_bytes());
    assert!(house.run(&["pause"]).status.success());
    let mut worker = house.start_worker(&[]);
    // Intake goes on while paused: the message leaves the spool for the ledger.
    while house.json(&["status"])["spooled"] != 0 {}
    assert_eq!(house.json(&["status"])["status"]["waiting"], 1);
    assert!(house.run(&["resume"]).status.success());
    while house.json(&["status"])["status"]["decided"] != 1 {}
    worker.kill().unwrap();
    worker.wait().unwrap();
}

#[test]
fn a_second_worker_on_the_same_folder_is_refused() {
    let house = House::new(QUICK);
    let mut worker = house.start_worker(&[]);
    while !house.path("data/ledger.db").exists() {}
    let mut refused = house.run(&["worker", "--until-idle"]);
    // The first worker may still be opening its ledger.
    while refused.status.success() {
        refused = house.run(&["worker", "--until-idle"]);
    }
    assert!(stderr(&refused).contains("another worker"), "{}", stderr(&refused));
    worker.kill().unwrap();
    worker.wait().unwrap();
}

#[test]
fn a_removed_page_stops_answering_and_its_bytes_are_gone() {
    let house = House::new(QUICK);
    house.write("docs/hours.md", "# Opening hours\n\nWe open at nine on quokkadays.\n");
    house.write("docs/broken.md", [0u8, 159, 146, 150]);
    let added = house.run(&["knowledge", "add", "docs"]);
    assert!(added.status.success(), "{}", stderr(&added));
    assert!(stdout(&added).contains("broken.md"), "what cannot be read is named: {}", stdout(&added));
    let found = |text: &str| house.json(&["knowledge", "search", text])["passages"].as_array().unwrap().len();
    assert_eq!(found("quokkadays"), 1);
    assert!(house.run(&["knowledge", "hide", "docs/hours.md", "--why", "wrong"]).status.success());
    assert_eq!(found("quokkadays"), 0);
    assert!(house.run(&["knowledge", "unhide", "docs/hours.md"]).status.success());
    assert_eq!(found("quokkadays"), 1);
    assert!(house.run(&["knowledge", "remove", "docs"]).status.success());
    assert_eq!(found("quokkadays"), 0);
    for entry in std::fs::read_dir(house.path("data")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        assert!(!bytes.windows(10).any(|window| window == b"quokkadays"), "{} still holds the text", path.display());
    }
}

#[test]
fn a_second_sync_with_nothing_changed_changes_nothing() {
    let house = House::new(QUICK);
    house.write("docs/hours.md", "# Opening hours\n\nWe open at nine.\n");
    assert!(house.run(&["knowledge", "add", "docs"]).status.success());
    let again = house.json(&["knowledge", "sync"]);
    assert_eq!((&again[0]["added"], &again[0]["changed"], &again[0]["unchanged"]), (&json!(0), &json!(0), &json!(1)));
    house.write("docs/hours.md", "# Opening hours\n\nWe open at ten.\n");
    let changed = house.json(&["knowledge", "sync"]);
    assert_eq!(changed[0]["changed"], 1);
    assert_eq!(house.json(&["knowledge", "history", "docs/hours.md"])["versions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_stored_decision_is_explained_and_decided_the_same_again() {
    let house = House::new(QUICK);
    house.feed(&["enqueue", "-"], message("m1", "+12025550142", "when do you open?").as_bytes());
    settle(&house);
    let explained = house.run(&["explain", "m1", "--rerun"]);
    assert!(explained.status.success(), "{}{}", stdout(&explained), stderr(&explained));
    assert!(stdout(&explained).contains("byte for byte"));
    assert!(!house.run(&["explain", "nothing-of-this-name"]).status.success());
}

#[test]
fn the_doctor_says_what_is_missing_and_what_to_do() {
    let house = House::new("");
    let output = house.run(&["doctor"]);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in ["whimbrel learn", "whimbrel knowledge add", "static-256", "English by meaning", "make model"] {
        assert!(stdout(&output).contains(part), "{part} is missing in {}", stdout(&output));
    }
}

#[test]
fn documents_that_cannot_be_read_are_named_with_a_warning_and_the_rest_is_taken_in() {
    let house = House::new(QUICK);
    house.write("docs/hours.md", "# Opening hours\n\nWe open at nine.\n");
    house.write("docs/picture.md", b"GIF89a\0\x01");
    let scan = std::fs::File::create(house.path("docs/scan.pdf")).unwrap();
    scan.set_len(200 << 20).unwrap();
    let added = house.run(&["knowledge", "add", "docs"]);
    assert!(added.status.success(), "{}", stderr(&added));
    for part in ["picture.md: is no text", "scan.pdf: it has 209715200 bytes", "1 added"] {
        assert!(stdout(&added).contains(part), "{part} is missing in {}", stdout(&added));
    }
    assert!(stderr(&added).contains("warning: 2 could not be read"), "{}", stderr(&added));
    std::fs::remove_file(house.path("docs/hours.md")).unwrap();
    assert!(!house.run(&["knowledge", "sync"]).status.success(), "nothing at all could be read");
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_that_reads_documents_takes_on_its_limits_before_it_reads() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let house = House::new(QUICK);
    let arguments = ["parse-document", "--file-bytes-max", "1000", "--memory-bytes-max", "200000000", "--answer-bytes-max", "1000"];
    let mut child = house.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "ready\n");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let hard = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().rev().nth(1).unwrap().to_owned();
    assert_eq!(
        (hard("Max address space"), hard("Max file size"), hard("Max core file size")),
        ("200000000".into(), "0".into(), "0".into())
    );
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success(), "it ends with its input");
}

#[test]
fn a_transformer_without_a_folder_is_a_fault_of_the_configuration() {
    let house = House::new("[embedder]\nkind = \"transformer\"\nthreads = 0\n");
    let output = house.run(&["status"]);
    assert!(!output.status.success());
    for part in ["2 fault(s)", "embedder.folder is empty", "embedder.threads is 0"] {
        assert!(stderr(&output).contains(part), "{part} is missing in {}", stderr(&output));
    }
}

#[cfg(not(feature = "transformer"))]
#[test]
fn a_program_without_the_transformer_says_how_to_build_it() {
    let house = House::new("[embedder]\nkind = \"transformer\"\nfolder = \"models/any\"\n");
    let output = house.run(&["ask", "when do you open"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("--features transformer"), "{}", stderr(&output));
    assert!(house.run(&["status"]).status.success(), "what needs no embedder goes on");
}
