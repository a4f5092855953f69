//! What an operator's monitoring sees of the real program, and `whimbrel watch` over a ledger that a worker wrote.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::{House, stderr, stdout};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

const PHONE: &str = "+12025550142";
const TEXT: &str = "when does the golden fleece open";

struct Running {
    house: House,
    address: String,
    worker: Child,
}

impl Running {
    /// A worker with a console on a free port.
    fn start(more: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let quick = "[worker]\nburst_window_ms = 10\nburst_max_ms = 20\npoll_ms = 10\n";
        let house = House::new(&format!("{quick}[console]\nlisten = \"{address}\"\n{more}"));
        let worker = house.start_worker(&[]);
        let running = Running { house, address, worker };
        while TcpStream::connect(&running.address).is_err() {}
        running
    }

    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn ready(&self) -> (u16, Value) {
        let (status, body) = self.get("/readyz");
        (status, serde_json::from_str(&body).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.kill().unwrap();
        self.worker.wait().unwrap();
    }
}

#[test]
fn a_decided_message_is_counted_without_a_word_or_a_number_of_it() {
    let running = Running::start("");
    let (status, ready) = running.ready();
    assert_eq!((status, &ready["ready"], &ready["dependencies"]["index"]["ok"]), (200, &json!(true), &json!(true)), "{ready}");
    let line = json!({ "v": 1, "message_id": "m1", "from": PHONE, "to": "+12025550100", "text": TEXT });
    running.house.feed(&["enqueue", "-"], format!("{line}\n").as_bytes());
    while running.house.json(&["status"])["status"]["decided"] != 1 {}
    let has = |text: &str| running.get("/metrics").1.lines().any(|line| line == text);
    while !has("whimbrel_decision_seconds_count 1") {}
    let (status, text) = running.get("/metrics");
    assert_eq!(status, 200);
    for line in [
        "whimbrel_messages_received_total{kind=\"new\"} 1",
        "whimbrel_messages_waiting 0.0",
        "whimbrel_inbox_waiting 0.0",
        "whimbrel_retrieval_total{outcome=\"did_not_run\"} 0",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
    }
    let decided = text.lines().find(|line| line.starts_with("whimbrel_decisions_total{action=\"escalate\",reason=\""));
    assert!(decided.is_some_and(|line| line.ends_with("mind=\"local\"} 1")), "{text}");
    assert!(text.ends_with("# EOF\n"));
    for secret in [PHONE, "fleece", "2025550142", "m1\""] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
}

#[test]
fn a_dependency_that_is_down_is_named_with_its_reason_and_the_process_stays_alive() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let running =
        Running::start(&format!("[index]\nkind = \"qdrant\"\n[index.qdrant]\nurl = \"http://127.0.0.1:{nobody}\"\nattempts_max = 1\n"));
    let (status, ready) = running.ready();
    assert_eq!((status, &ready["ready"]), (503, &json!(false)));
    assert_eq!((&ready["dependencies"]["ledger"]["ok"], &ready["dependencies"]["index"]["ok"]), (&json!(true), &json!(false)));
    assert!(ready["dependencies"]["index"]["says"].as_str().unwrap().contains("qdrant"), "{ready}");
    assert_eq!(running.get("/healthz").0, 200);
    let doctor = running.house.run(&["doctor", "--json"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(!doctor.status.success() && said.contains("is this its gRPC port (6334, not 6333)?"), "{said}");
}

#[test]
fn a_broker_that_is_down_makes_the_worker_not_ready_and_its_depth_no_number() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let running =
        Running::start(&format!("[inbox]\nkind = \"amqp\"\n[inbox.amqp]\nurl = \"amqp://guest:s3cret@127.0.0.1:{nobody}/%2f\"\n"));
    let (status, ready) = running.ready();
    assert_eq!((status, &ready["dependencies"]["inbox"]["ok"], &ready["dependencies"]["index"]["ok"]), (503, &json!(false), &json!(true)));
    assert!(!ready.to_string().contains("s3cret"), "{ready}");
    let (_, text) = running.get("/metrics");
    assert!(text.lines().any(|line| line == "whimbrel_inbox_waiting NaN"), "{text}");
}

#[test]
fn every_line_of_the_log_is_json_with_ids_only() {
    let house = House::new("[worker]\nburst_window_ms = 0\nburst_max_ms = 0\npoll_ms = 10\n[log]\nformat = \"json\"\nlevel = \"debug\"\n");
    let line = json!({ "v": 1, "message_id": "m-log", "from": PHONE, "to": "+12025550100", "text": TEXT });
    house.feed(&["enqueue", "-"], format!("{line}\nno message at all, but the golden fleece\n").as_bytes());
    let log = stderr(&house.run(&["worker", "--until-idle"]));
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = |message: &str| lines.iter().find(|line| line["message"] == message).unwrap_or(&Value::Null).clone();
    let decided = said("turn decided");
    assert_eq!((&decided["action"], &decided["message_id"]), (&json!("escalate"), &json!("m-log")), "{log}");
    assert_eq!((&said("effect done")["outcome"], &said("messages received")["malformed"]), (&json!("done"), &json!(1)), "{log}");
    for secret in [PHONE, "2025550142", "fleece"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}

/// A collector that takes one request, and what came.
fn collector() -> (String, std::thread::JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let taking = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned)).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        (head, body)
    });
    (url, taking)
}

#[test]
fn a_collector_gets_a_span_a_turn_and_a_span_an_effect_with_ids_only() {
    let (url, taking) = collector();
    let quick = "[worker]\nburst_window_ms = 0\nburst_max_ms = 0\npoll_ms = 10\n[log]\nlevel = \"error\"\n";
    let house = House::new(&format!("{quick}[telemetry]\notlp_endpoint = \"{url}\"\n"));
    let line = json!({ "v": 1, "message_id": "m-trace", "from": PHONE, "to": "+12025550100", "text": TEXT });
    house.feed(&["enqueue", "-"], format!("{line}\n").as_bytes());
    house.json(&["worker", "--until-idle"]);
    let (head, body) = taking.join().unwrap();
    assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
    let has = |text: &str| body.windows(text.len()).any(|part| part == text.as_bytes());
    for part in ["whimbrel", "worker-1", "turn", "effect", "m-trace"] {
        assert!(has(part), "{part}");
    }
    for secret in [PHONE, "2025550142", "fleece"] {
        assert!(!has(secret), "{secret}");
    }
}

/// No waiting: a turn is over when its message is in.
const QUICK: &str = "[worker]\nburst_window_ms = 0\nburst_max_ms = 0\npoll_ms = 10\n[log]\nlevel = \"error\"\n";
/// Customers who write in.
const CUSTOMERS: usize = 30;

/// Past tickets of three questions, each answered alike.
fn past_tickets() -> String {
    let asked = [
        ("hours", "when do you open on monday", "what time do you open", "We open at 9 am from Monday to Saturday."),
        ("returns", "how can i return a helmet", "i want to send my helmet back", "You can return it within 30 days with the receipt."),
        ("shipping", "how long does shipping take", "when does my parcel ship", "Parcels leave the same day and take 3 days."),
    ];
    let line = |n: usize| {
        let (intent, one, other, answer) = asked[n % asked.len()];
        let day = format!("2026-{:02}-{:02}T", n / 28 + 1, n % 28 + 1);
        let text = format!("{} please?", if n.is_multiple_of(2) { one } else { other });
        let ticket = json!({ "ticket_id": format!("T-{n:04}"), "created_at": format!("{day}09:00:00Z"), "lang": "en", "intents": [intent],
            "customer": format!("+1202555{:04}", 1_000 + n),
            "messages": [{ "role": "customer", "at": format!("{day}09:00:00Z"), "text": text },
                { "role": "agent", "at": format!("{day}09:10:00Z"), "text": answer }] });
        format!("{ticket}\n")
    };
    (0..240).map(line).collect()
}

fn deliver(house: &House, turn: &str, text: &str) {
    let lines: String = (0..CUSTOMERS)
        .map(|n| {
            let line = json!({ "v": 1, "message_id": format!("{turn}-{n}"), "from": format!("+1303555{:04}", 1_000 + n),
                "to": "+12025550100", "text": text });
            format!("{line}\n")
        })
        .collect();
    assert!(house.feed(&["enqueue", "-"], lines.as_bytes()).status.success());
    let worker = house.run(&["worker", "--until-idle"]);
    assert!(worker.status.success(), "{}", stderr(&worker));
}

/// Exit code of `watch`, and what it says of all replies.
fn watched(house: &House) -> (Option<i32>, Value) {
    let output = house.run(&["watch", "run", "--json"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}{}", stdout(&output), stderr(&output)));
    (output.status.code(), said[0].clone())
}

#[test]
fn an_alarm_is_raised_when_replies_are_wrong_more_often_than_the_run_predicted() {
    let house = House::new(QUICK);
    house.write("policy.toml", "max_wrong_per_100 = 30\ndefault_ceiling = \"reply\"\n");
    house.write("tickets.jsonl", past_tickets());
    let run = house.run(&["simulate", "tickets.jsonl", "--out", "run", "--blocks", "4", "--examples-max", "120"]);
    assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
    let report: Value = serde_json::from_slice(&std::fs::read(house.path("run/report.json")).unwrap()).unwrap();
    let predicted = &report["headline"]["wrong"];
    assert!(predicted["of"].as_u64().unwrap() >= 50 && predicted["count"].as_u64().unwrap() <= 5, "{predicted}");
    let learned = house.run(&["learn", "tickets.jsonl"]);
    assert!(learned.status.success(), "{}{}", stdout(&learned), stderr(&learned));
    deliver(&house, "first", "when do you open on monday please?");
    let (code, all) = watched(&house);
    assert_eq!((code, &all["standing"], all["actual"]["of"].as_u64()), (Some(0), &json!("as_predicted"), Some(CUSTOMERS as u64)), "{all}");
    // They all ask again: the reply had not helped.
    deliver(&house, "again", "no, how long does shipping take?");
    let (code, all) = watched(&house);
    assert_eq!((code, &all["standing"]), (Some(1), &json!("alarm")), "{all}");
    assert_eq!(all["actual"]["count"].as_u64(), Some(CUSTOMERS as u64), "the second reply is not yet called wrong: {all}");
}
