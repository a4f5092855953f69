//! Two real workers on one PostgreSQL: one is killed in the middle, both are restarted one after the other, and every message
//! is decided, every customer answered once a turn.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;

use common::{House, stderr};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Conversations, and messages of each.
const CONVERSATIONS: usize = 500;
const BURST: usize = 2;
/// Turns that must have been answered for the test to say anything; the local mind answers a fifth of these questions.
const REPLIES_MIN: usize = 50;
/// A worker that is not there.
static NULL: Value = Value::Null;
/// How often the state is looked at, in milliseconds, and how often at most.
const LOOK_MS: u64 = 250;
const LOOKS_MAX: usize = 480;

/// The vendor of this test: it takes whatever is posted and knows keys, as docs/adding-a-helpdesk.md asks.
#[derive(Clone, Default)]
struct Desk {
    taken: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl Desk {
    fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let desk = Desk::default();
        let of_thread = desk.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let desk = of_thread.clone();
                std::thread::spawn(move || desk.serve(stream.unwrap()));
            }
        });
        (desk, url)
    }

    /// One connection, request after request, until the worker hangs up or is killed.
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                let line = line.trim().to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().ok()?;
                }
                if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let posted: Value = serde_json::from_slice(&body).ok()?;
            self.taken.lock().ok()?.insert(posted["key"].as_str()?.to_owned(), posted);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").ok()?;
        }
    }

    fn sends(&self) -> Vec<Value> {
        self.taken.lock().unwrap().values().filter(|posted| posted["kind"] == "send").cloned().collect()
    }
}

/// A house whose worker shares the ledger in this schema, and the address, with others.
fn house(name: &str, url: &str, schema: &str, desk: &str) -> House {
    let house = House::new(&format!(
        "
[worker]
name = {name:?}
burst_window_ms = 300
burst_max_ms = 60000
lease_ms = 4000
decision_deadline_ms = 3000
effect_deadline_ms = 2000
settle_ms = 3000
poll_ms = 50
turns_in_flight = 8
[ledger]
kind = \"postgres\"
[ledger.postgres]
url = {url:?}
schema = {schema:?}
[helpdesk]
kind = \"webhook\"
phone_number = \"+12025550100\"
[helpdesk.webhook]
url = {desk:?}
secret = \"of this test\"
[gateway]
kind = \"helpdesk\"
[log]
level = \"error\"
"
    ));
    house.write("policy.toml", POLICY);
    house
}

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

/// The demo shop's knowledge, learned once and copied, as an operator would.
fn learn(house: &House, demo: &Path) {
    for file in ["intents.toml", "tickets.jsonl"] {
        house.write(file, std::fs::read(demo.join(file)).unwrap());
    }
    let documents = demo.join("documents");
    let added = house.run(&["knowledge", "add", documents.to_str().unwrap(), "--valid-from", "2020-01-01T00:00:00Z"]);
    assert!(added.status.success(), "{}", stderr(&added));
    let learned = house.run(&["learn", "tickets.jsonl", "--skip-calibration"]);
    assert!(learned.status.success(), "{}", stderr(&learned));
}

fn copy(from: &House, to: &House) {
    for name in ["intents.toml", "data/knowledge.db", "data/knowledge.db-wal", "data/intents.model", "data/gate.json"] {
        if let Ok(bytes) = std::fs::read(from.path(name)) {
            to.write(name, bytes);
        }
    }
}

/// What the customers write: the demo's own questions, from many numbers.
fn messages(demo: &Path, from: usize) -> String {
    let text = std::fs::read_to_string(demo.join("messages.jsonl")).unwrap();
    let asked: Vec<String> =
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap_or_default().to_owned()).collect();
    let mut lines = String::new();
    for n in (from..CONVERSATIONS).step_by(2) {
        for m in 0..BURST {
            let message = json!({
                "v": 1, "message_id": format!("SM{n}-{m}"), "conversation_id": format!("c{n}"),
                "from": format!("+1555{n:07}"), "to": "+12025550100", "text": asked[(n + m) % asked.len()],
            });
            lines += &format!("{message}\n");
        }
    }
    lines
}

fn count(status: &Value, name: &str) -> u64 {
    status["status"][name].as_u64().unwrap()
}

fn worker<'a>(status: &'a Value, name: &str) -> &'a Value {
    status["workers"].as_array().unwrap().iter().find(|worker| worker["name"] == name).unwrap_or(&NULL)
}

/// Looks until it is so.
fn until(house: &House, what: &str, so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..LOOKS_MAX {
        let status = house.json(&["status"]);
        if so(&status) {
            return status;
        }
        std::thread::sleep(Duration::from_millis(LOOK_MS));
    }
    panic!("it never came that {what}: {}", house.json(&["status"]));
}

/// Asks a worker to stop, as a service manager does, and waits until it has.
fn stop(mut child: Child) {
    assert!(Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success(), "a worker that is asked to stop ends well");
}

#[test]
fn two_workers_share_a_ledger_and_outlive_a_kill_and_a_rolling_restart() {
    let name = "two_workers_share_a_ledger_and_outlive_a_kill_and_a_rolling_restart";
    let Some(url) = std::env::var("WHIMBREL_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()) else {
        let _closed = writeln!(std::io::stderr(), "left out: {name} (no PostgreSQL: `make test` starts one)");
        return;
    };
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let schema = format!("two_workers_{}", std::process::id());
    let (desk, address) = Desk::start();
    let (a, b) = (house("a", &url, &schema, &address), house("b", &url, &schema, &address));
    let made = a.run(&["setup", "postgres"]);
    assert!(made.status.success() && common::stdout(&made).contains("is ready"), "{}", stderr(&made));
    assert!(common::stdout(&a.run(&["setup", "postgres"])).contains("already"), "twice does no harm");
    learn(&a, &demo);
    copy(&a, &b);
    for (house, from) in [(&a, 0), (&b, 1)] {
        let enqueued = house.feed(&["enqueue", "-"], messages(&demo, from).as_bytes());
        assert!(enqueued.status.success(), "{}", stderr(&enqueued));
    }
    let all = (CONVERSATIONS * BURST) as u64;
    // A kill in the middle: everything is taken in, something is decided, and `a` holds turns or has effects open.
    let (mut first, second) = (a.start_worker(&[]), b.start_worker(&[]));
    let seen = until(&b, "both are at work", |status| count(status, "received") == all && count(status, "decided") > 20);
    assert!(!worker(&seen, "a").is_null() && !worker(&seen, "b").is_null(), "status shows both: {}", seen["workers"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let first = a.start_worker(&[]);
    // A rolling restart under load: whoever stops leaves nothing behind that somebody would have to wait for.
    stop(second);
    let left = b.json(&["status"]);
    assert!(worker(&left, "b")["stopped_at"].is_string(), "{}", left["workers"]);
    assert_eq!(
        (worker(&left, "b")["turns"].as_u64(), worker(&left, "b")["effects"].as_u64()),
        (Some(0), Some(0)),
        "nothing is left to a lease"
    );
    let second = b.start_worker(&[]);
    stop(first);
    let first = a.start_worker(&[]);
    let end = until(&b, "all is decided and done", |status| {
        let open: u64 = ["pending", "sending", "unknown"].iter().filter_map(|state| status["status"]["effects"][*state].as_u64()).sum();
        count(status, "waiting") == 0 && open == 0
    });
    assert_eq!((count(&end, "received"), count(&end, "decided"), count(&end, "dead")), (all, all, 0));
    one_reply_a_turn(&b, &desk);
    // Nobody says good-bye for a worker that is killed: the others see that it is gone.
    let mut first = first;
    first.kill().unwrap();
    first.wait().unwrap();
    let gone = until(&b, "a is gone", |status| worker(status, "a")["is_gone"] == true);
    assert_eq!(worker(&gone, "b")["is_gone"], false);
    stop(second);
    for (what, arguments) in
        [("doctor", vec!["doctor"]), ("pause", vec!["pause"]), ("resume", vec!["resume"]), ("dead", vec!["dead", "list"])]
    {
        let ran = b.run(&arguments);
        assert!(ran.status.success(), "{what}: {}{}", common::stdout(&ran), stderr(&ran));
    }
}

/// Every send belongs to a decision of its own, and nobody has two for one turn.
fn one_reply_a_turn(house: &House, desk: &Desk) {
    let sends = desk.sends();
    let mut turns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for send in &sends {
        let decision = send["key"].as_str().unwrap().rsplit_once('-').unwrap().0.to_owned();
        let of_ticket = turns.entry(send["ticket"].as_str().unwrap().to_owned()).or_default();
        if !of_ticket.contains(&decision) {
            of_ticket.push(decision);
        }
    }
    let mut asked = 0;
    for (ticket, decisions) in &turns {
        // Two decisions spoke only where the burst was two turns, each with messages of its own.
        if decisions.len() > 1 {
            let messages: Vec<Value> =
                decisions.iter().map(|id| house.json(&["explain", id])["decision"]["receipt"]["messages"].clone()).collect();
            for (n, one) in messages.iter().enumerate() {
                let others = messages.iter().skip(n + 1).flat_map(|other| other.as_array().unwrap());
                assert!(others.into_iter().all(|id| !one.as_array().unwrap().contains(id)), "{ticket} was answered twice for one turn");
            }
        }
        asked += decisions.len();
    }
    assert!(asked > REPLIES_MIN, "enough was answered for a double to show: {asked}");
    println!("{} messages, {} sends in {} turns of {} conversations", CONVERSATIONS * BURST, sends.len(), asked, turns.len());
}
