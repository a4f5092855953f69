//! Strangers at the door: slow, broken, oversized and endless requests over raw TCP. None is a fault of ours, none holds a place for
//! ever, and none leaves memory behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::clock::manual::ManualClock;
use adapters::inbox::spool::Spool;
use adapters::ledger::memory::MemoryLedger;
use adapters::secret::Secret;
use adapters::webhook::twilio::TwilioWebhook;
use console::listener::{ConnectionLimits, Connections};
use console::webhooks::Webhooks;
use runtime::ports::records::Records;
use runtime::ports::webhook::Webhook;
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use tests::calls::{FORM, from_twilio};
use tests::fakes::twilio::{ACCOUNT, TOKEN};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request that is not answered by then is cut off. Long enough for an honest one on a busy machine.
const REQUEST_MS: u64 = 1_000;
/// Connections that are open at the same time.
const CONNECTIONS_MAX: usize = 64;
/// Bytes of a body at most.
const BODY_MAX: usize = 64 * 1024;

struct Door {
    ledger: Arc<MemoryLedger>,
    address: String,
    _folder: TempDir,
}

async fn door() -> Door {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let ledger = Arc::new(MemoryLedger::default());
    let hook = TwilioWebhook {
        public_url: format!("http://{address}"),
        account_sid: ACCOUNT.to_owned(),
        auth_tokens: vec![Secret::new(TOKEN)],
        shared_keys: Vec::new(),
    };
    let vendors: BTreeMap<&'static str, Arc<dyn Webhook>> = BTreeMap::from([("twilio", Arc::new(hook) as Arc<dyn Webhook>)]);
    let hooks = Webhooks {
        vendors: Arc::new(vendors),
        ledger: ledger.clone(),
        notices: Arc::new(Spool::open(&folder.path().join("notices")).unwrap()),
        clock: Arc::new(ManualClock::at("2026-11-02T15:00:00Z".parse().unwrap())),
        body_bytes_max: BODY_MAX,
    };
    let limits = ConnectionLimits { request_ms: REQUEST_MS, idle_ms: REQUEST_MS, connections_max: CONNECTIONS_MAX };
    let router = console::server::router(tests::operators::operators(ledger.clone(), hooks.clock.clone()), Some(hooks));
    tokio::spawn(async move { axum::serve(Connections::new(listener, limits), router).await });
    Door { ledger, address, _folder: folder }
}

impl Door {
    /// Sends these bytes and waits until the server ends the connection, or answers. Returns the status, when there is one.
    async fn says(&self, bytes: &[u8], then_ends: bool) -> Option<u16> {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        // Whoever is cut off may not get rid of everything.
        let _ = stream.write_all(bytes).await;
        if then_ends {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer).into_owned();
        text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).map(|status| status.parse().unwrap())
    }

    /// An honest SMS.
    async fn honest(&self, sid: &str) -> Option<u16> {
        let fields = [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", "+12025550142"), ("To", "+12025550100"), ("Body", "hello")];
        let call = from_twilio(TOKEN, &format!("http://{}", self.address), "/webhooks/twilio", &fields);
        let head: String = call.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{head}\r\n",
            call.path_and_query,
            call.body.len()
        );
        self.says(&[head.as_bytes(), &call.body].concat(), false).await
    }
}

/// What a stranger does, the bytes, whether they end the connection behind them, and what may be answered.
type Row = (&'static str, Vec<u8>, bool, &'static [Option<u16>]);

fn post(length: usize) -> String {
    format!("POST /webhooks/twilio HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {FORM}\r\ncontent-length: {length}\r\n\r\n")
}

/// Memory that the process holds, in MiB.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::test]
async fn whoever_says_nothing_or_half_a_request_is_cut_off_and_the_next_one_is_heard() {
    let door = Arc::new(door().await);
    let halves: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"POST /webhooks/twilio HT".to_vec(),
        b"POST /webhooks/twilio HTTP/1.1\r\nhost: x\r\nx-slow: ".to_vec(),
        post(500).into_bytes(),
        [post(500).as_bytes(), b"Body=hal"].concat(),
        b"POST /webhooks/twilio HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel".to_vec(),
    ];
    // More than there are places: each is cut off, and so the last one gets in.
    let answers = crowd(&door, (0..3 * CONNECTIONS_MAX).map(|number| (halves[number % halves.len()].clone(), false))).await;
    assert!(answers.iter().flatten().all(|status| *status < 500), "{answers:?}");
    assert_eq!(door.honest("SM1").await, Some(200));
    assert_eq!(door.ledger.status().await.unwrap().received, 1, "nothing of them was taken in");
}

#[tokio::test]
async fn what_breaks_off_is_too_large_or_is_no_request_is_never_a_fault_of_ours_and_leaves_no_memory_behind() {
    let door = Arc::new(door().await);
    let rows: Vec<Row> = vec![
        ("breaks off in the head", b"POST /webhooks/twilio HTTP/1.1\r\nhost".to_vec(), true, &[None, Some(400)]),
        ("breaks off in the body", [post(500).as_bytes(), b"Body=hal"].concat(), true, &[None, Some(400), Some(413)]),
        ("announces too much", post(usize::MAX / 2).into_bytes(), true, &[None, Some(413), Some(400)]),
        ("is too large", [post(10 * BODY_MAX).as_bytes(), &vec![b'a'; 10 * BODY_MAX]].concat(), false, &[None, Some(413)]),
        (
            "has a head without end",
            [&b"POST /webhooks/twilio HTTP/1.1\r\nx: "[..], &vec![b'a'; 1024 * 1024]].concat(),
            false,
            &[None, Some(431)],
        ),
        (
            "has many headers",
            format!("POST /webhooks/twilio HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(5_000)).into_bytes(),
            false,
            &[None, Some(431)],
        ),
        (
            "has two lengths",
            b"POST /webhooks/twilio HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na".to_vec(),
            false,
            &[None, Some(400)],
        ),
        ("is no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec(), true, &[None, Some(400)]),
        ("has bytes for a form", [post(256).as_bytes(), &(0..=255).collect::<Vec<u8>>()].concat(), false, &[Some(403)]),
        ("is signed by nobody", [post(6).as_bytes(), b"Body=x"].concat(), false, &[Some(403)]),
    ];
    for (what, bytes, then_ends, expected) in &rows {
        let status = door.says(bytes, *then_ends).await;
        assert!(expected.contains(&status), "what {what} was answered with {status:?}");
    }
    let before = resident_mib();
    for _ in 0..20 {
        let answers = crowd(&door, rows.iter().map(|(_, bytes, then_ends, _)| (bytes.clone(), *then_ends))).await;
        assert!(answers.iter().flatten().all(|status| *status < 500), "{answers:?}");
    }
    let grown = resident_mib().saturating_sub(before);
    assert!(grown < 64, "{grown} MiB more after 200 of them, which sent 40 MiB");
    assert_eq!(door.honest("SM1").await, Some(200));
    assert_eq!((door.ledger.status().await.unwrap().received, door.ledger.status().await.unwrap().dead_letters), (1, 0));
}

/// Many at once. What each was answered with.
async fn crowd(door: &Arc<Door>, requests: impl Iterator<Item = (Vec<u8>, bool)>) -> Vec<Option<u16>> {
    let mut crowd = tokio::task::JoinSet::new();
    for (bytes, then_ends) in requests {
        let door = Arc::clone(door);
        crowd.spawn(async move { door.says(&bytes, then_ends).await });
    }
    crowd.join_all().await
}
