//! Customers, and the vendor who tells of what they write: some of it twice, some of it only in its list.

use crate::calls::from_twilio;
use crate::chaos::doors::Doors;
use crate::chaos::house::{COMPANY, questions};
use crate::chaos::phone::Phone;
use crate::fakes::twilio::{ACCOUNT, TOKEN};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use triage::random::Random;

/// Calls that are under way at the same time.
pub const CALLS_MAX: usize = 16;
/// A vendor waits so long before it calls again, in milliseconds.
pub const AGAIN_MS: u64 = 250;
/// One call in so many is not made again when it fails: the sweep must find the message.
pub const GIVES_UP_SIDES: usize = 10;
/// One call in so many comes twice.
pub const TWICE_SIDES: usize = 12;
/// One message in so many comes through the inbox.
pub const INBOX_SIDES: usize = 4;
/// One customer in so many writes a second message right behind the first.
pub const TALKS_SIDES: usize = 10;
/// One line in so many of the inbox is no message: one in eighty of all that is written.
pub const POISON_SIDES: usize = 20;

/// What was written.
#[derive(Clone, Default)]
pub struct Written {
    /// Messages by customer.
    pub customers: BTreeMap<String, u64>,
    /// When a customer's first message was safe.
    pub safe_at: BTreeMap<String, Instant>,
    /// Lines that are no messages.
    pub poison: u64,
    /// Calls of the vendor that came twice.
    pub doubled: u64,
}

impl Written {
    /// All messages.
    pub fn messages(&self) -> u64 {
        self.customers.values().sum()
    }
}

/// Who writes: so many messages, from numbers that begin with `area`.
#[derive(Clone, Copy)]
pub struct Crowd {
    /// Messages.
    pub messages: usize,
    /// Three digits of their numbers.
    pub area: u32,
    /// The seed.
    pub seed: u64,
    /// Between two calls, in milliseconds.
    pub every_ms: u64,
}

/// They write. Returns once every message is safe, or left to the sweep.
pub async fn write(doors: &Doors, phone: &Phone, crowd: Crowd) -> anyhow::Result<Written> {
    let (mut random, questions) = (Random::seeded(crowd.seed), questions());
    let (mut written, mut calls) = (Written::default(), Vec::new());
    let (http, slots) = (reqwest::Client::builder().no_proxy().build()?, Arc::new(Semaphore::new(CALLS_MAX)));
    let mut customer = String::new();
    for number in 0..crowd.messages {
        let talks_on = !customer.is_empty() && random.below(TALKS_SIDES) == 0;
        if !talks_on {
            customer = format!("+1{}{number:07}", crowd.area);
        }
        *written.customers.entry(customer.clone()).or_default() += 1;
        let text = &questions[random.below(questions.len())];
        let sid = phone.write(&customer, COMPANY, text);
        if random.below(INBOX_SIDES) == 0 {
            let line = json!({ "v": 1, "message_id": sid, "from": customer, "to": COMPANY, "text": text }).to_string().into_bytes();
            let is_poison = random.below(POISON_SIDES) == 0;
            written.poison += u64::from(is_poison);
            doors.mailbox.put(line)?;
            if is_poison {
                doors.mailbox.put(format!("no message {} {number}", crowd.area).into_bytes())?;
            }
            written.safe_at.entry(customer.clone()).or_insert_with(Instant::now);
            continue;
        }
        let gives_up = random.below(GIVES_UP_SIDES) == 0;
        let times = 1 + usize::from(random.below(TWICE_SIDES) == 0);
        written.doubled += u64::from(times > 1);
        let (bases, first) = (doors.consoles.clone(), random.below(doors.consoles.len()));
        let (from, text, http) = (customer.clone(), text.clone(), http.clone());
        let call = Call { bases, first, sid, from, text, http, gives_up, times };
        let slot = slots.clone().acquire_owned().await?;
        let caller = customer.clone();
        calls.push(tokio::spawn(async move {
            call.make().await;
            drop(slot);
            (caller, Instant::now())
        }));
        tokio::time::sleep(Duration::from_millis(crowd.every_ms)).await;
    }
    doors.mailbox.flush().await?;
    for call in calls {
        let (caller, at) = call.await?;
        written.safe_at.entry(caller).or_insert(at);
    }
    Ok(written)
}

/// One call of the vendor.
struct Call {
    bases: Vec<String>,
    first: usize,
    sid: String,
    from: String,
    text: String,
    http: reqwest::Client,
    gives_up: bool,
    times: usize,
}

impl Call {
    /// Until it is answered, or given up.
    async fn make(&self) {
        let mut bases = self.bases.iter().cycle().skip(self.first);
        for _ in 0..self.times {
            for base in bases.by_ref() {
                if self.is_answered(base).await || self.gives_up {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
            }
        }
    }

    async fn is_answered(&self, base: &str) -> bool {
        let fields = [
            ("MessageSid", self.sid.as_str()),
            ("AccountSid", ACCOUNT),
            ("From", &self.from),
            ("To", COMPANY),
            ("Body", &self.text),
            ("NumMedia", "0"),
        ];
        let call = from_twilio(TOKEN, base, "/webhooks/twilio", &fields);
        // A stopped worker still has its socket: the vendor does not wait for ever.
        let mut request = self.http.post(format!("{base}/webhooks/twilio")).timeout(Duration::from_secs(5)).body(call.body);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        request.send().await.is_ok_and(|answer| answer.status().is_success())
    }
}
