//! Signed webhooks of Twilio on loopback, into the embedded ledger: 500 a second for a minute (`WEBHOOK_SECONDS` for another time),
//! 10,000 with a changed signature, and one 10,000 times. `cargo bench -p tests --bench webhooks` prints the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops at the first surprise and prints what it measured")]

mod measure;

use adapters::clock::system::SystemClock;
use adapters::inbox::spool::Spool;
use adapters::ledger::sqlite::SqliteLedger;
use adapters::secret::Secret;
use adapters::webhook::twilio::TwilioWebhook;
use console::webhooks::Webhooks;
use measure::{Lcg, Timer, rss_mb};
use runtime::ports::records::Records;
use runtime::ports::webhook::Webhook;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::calls::{Held, from_twilio};
use tests::fakes::twilio::{ACCOUNT, TOKEN};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Calls a second.
const RATE: u64 = 500;
/// Seconds.
const SECONDS: u64 = 60;
/// Calls with a changed signature, and of the one call that comes again.
const HOSTILE: usize = 10_000;
/// Calls under way at most.
const UNDER_WAY: usize = 256;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(measure::target()).unwrap();
    runtime.block_on(measure(folder.path()));
}

async fn measure(folder: &Path) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let ledger = Arc::new(SqliteLedger::open_worker(&folder.join("ledger.db")).unwrap());
    let twilio = TwilioWebhook {
        public_url: base.clone(),
        account_sid: ACCOUNT.to_owned(),
        auth_tokens: vec![Secret::new(TOKEN)],
        shared_keys: Vec::new(),
    };
    let mut vendors: BTreeMap<&'static str, Arc<dyn Webhook>> = BTreeMap::new();
    vendors.insert("twilio", Arc::new(twilio));
    let hooks = Webhooks {
        vendors: Arc::new(vendors),
        ledger: ledger.clone(),
        notices: Arc::new(Spool::open(&folder.join("notices")).unwrap()),
        clock: Arc::new(SystemClock),
        body_bytes_max: 1024 * 1024,
    };
    let router = console::server::router(tests::operators::operators(ledger.clone(), Arc::new(SystemClock)), Some(hooks));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let http = adapters::http::client().unwrap();
    let seconds = std::env::var("WEBHOOK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    paced(&http, &base, ledger.as_ref(), seconds).await;
    mutated(&http, &base, ledger.as_ref()).await;
    replayed(&http, &base, ledger.as_ref()).await;
}

fn sms(base: &str, number: u64) -> Held {
    let (sid, from) = (format!("SM{number:032x}"), format!("+1202{:07}", number % 10_000_000));
    let text = format!("where is my parcel {number}, it should have been here on monday");
    let fields = [
        ("MessageSid", sid.as_str()),
        ("AccountSid", ACCOUNT),
        ("From", from.as_str()),
        ("To", "+12025550100"),
        ("Body", text.as_str()),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("FromCity", ""),
        ("FromCountry", "US"),
        ("ApiVersion", "2010-04-01"),
    ];
    from_twilio(TOKEN, base, "/webhooks/twilio", &fields)
}

async fn call(http: &reqwest::Client, base: &str, call: &Held) -> u16 {
    let mut request = http.post(format!("{base}{}", call.path_and_query)).body(call.body.clone());
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    request.send().await.unwrap().status().as_u16()
}

/// Calls at their times, whether the ones before were answered or not.
async fn paced(http: &reqwest::Client, base: &str, ledger: &SqliteLedger, seconds: u64) {
    let (timer, before, count) = (Timer::start(), rss_mb(), RATE * seconds);
    let start = tokio::time::Instant::now();
    let mut calls = Vec::with_capacity(usize::try_from(count).unwrap());
    for number in 0..count {
        tokio::time::sleep_until(start + Duration::from_micros(number * 1_000_000 / RATE)).await;
        let (http, base) = (http.clone(), base.to_owned());
        calls.push(tokio::spawn(async move {
            let held = sms(&base, number);
            let begun = Instant::now();
            (call(&http, &base, &held).await, begun.elapsed())
        }));
    }
    let mut answers = Vec::with_capacity(calls.len());
    for call in calls {
        answers.push(call.await.unwrap());
    }
    let good = answers.iter().filter(|(status, _)| *status == 200).count();
    let mut times: Vec<f64> = answers.iter().map(|(_, time)| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let received = ledger.status().await.unwrap().received;
    println!(
        "{count} signed webhooks at {RATE}/s: {good} answered 200, {received} in the ledger; p50 {:.1} ms, p99 {:.1} ms, longest {:.0} ms; \
         {:.0} us CPU a webhook, both sides; {:.0} MB before, {:.0} MB after; {} syncs",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1],
        timer.cpu_s() / count as f64 * 1e6,
        before,
        rss_mb(),
        ledger.syncs(),
    );
    assert_eq!((good as u64, received), (count, count), "nothing is lost");
}

/// One byte of the signature, the body or the address is another.
async fn mutated(http: &reqwest::Client, base: &str, ledger: &SqliteLedger) {
    let before = ledger.status().await.unwrap().received;
    let mut random = Lcg(7);
    let mut changed = Vec::with_capacity(HOSTILE);
    for number in 0..HOSTILE {
        let mut held = sms(base, 1_000_000 + number as u64);
        match number % 3 {
            0 => {
                let at = random.below(held.body.len());
                // Not the bit that tells `%2B` from `%2b`: both are the same field, and fields are what is signed.
                held.body[at] ^= 1 << random.below(5);
            }
            1 => {
                let signature = &mut held.headers.iter_mut().find(|(name, _)| name == "x-twilio-signature").unwrap().1;
                let at = random.below(signature.len() - 1);
                let other = if signature.as_bytes()[at] == b'A' { "B" } else { "A" };
                signature.replace_range(at..=at, other);
            }
            _ => held.path_and_query.push_str(&format!("?x={}", random.below(1_000))),
        }
        changed.push(held);
    }
    let statuses = all(http, base, changed).await;
    let accepted = ledger.status().await.unwrap().received - before;
    let refused = statuses.iter().filter(|status| **status == 403).count();
    println!("{HOSTILE} webhooks with something changed: {refused} refused, {accepted} accepted");
    assert_eq!((refused, accepted), (HOSTILE, 0));
}

async fn replayed(http: &reqwest::Client, base: &str, ledger: &SqliteLedger) {
    let before = ledger.status().await.unwrap().received;
    let statuses = all(http, base, vec![sms(base, 9_000_000); HOSTILE]).await;
    let accepted = ledger.status().await.unwrap().received - before;
    let good = statuses.iter().filter(|status| **status == 200).count();
    println!("one webhook {HOSTILE} times: {good} answered 200, {accepted} message");
    assert_eq!((good, accepted), (HOSTILE, 1));
}

async fn all(http: &reqwest::Client, base: &str, calls: Vec<Held>) -> Vec<u16> {
    let places = Arc::new(Semaphore::new(UNDER_WAY));
    let mut running = Vec::with_capacity(calls.len());
    for held in calls {
        let place = places.clone().acquire_owned().await.unwrap();
        let (http, base) = (http.clone(), base.to_owned());
        running.push(tokio::spawn(async move {
            let status = call(&http, &base, &held).await;
            drop(place);
            status
        }));
    }
    let mut statuses = Vec::with_capacity(running.len());
    for call in running {
        statuses.push(call.await.unwrap());
    }
    statuses
}
