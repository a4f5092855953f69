//! The script: two hundred messages through the real worker and the embedded ledger. It says what it was told is safe, and what
//! customers received, at the moment when they did.

use crate::disk::WORDS;
use adapters::clock::manual::ManualClock;
use adapters::helpdesk::memory::MemoryHelpdesk;
use adapters::inbox::memory::MemoryInbox;
use adapters::ledger::sqlite::SqliteLedger;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::clock::Clock;
use runtime::ports::ledger::{Ledger, WorkerId};
use runtime::ports::records::Records;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use runtime::worker::{Ports, Worker};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tests::lives::driver::settings;
use tests::lives::mind::Mind;
use tests::lives::process::{Plant, Process, Shared};
use tests::lives::settling::open;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId};

/// Messages of the script, each of a customer of its own.
pub(crate) const MESSAGES: usize = 200;
/// They come by so many.
const AT_ONCE: usize = 4;

/// A gateway that remembers what customers received, key by key, and says so where it is told to.
pub(crate) struct Phone {
    pub(crate) received: Mutex<Vec<(String, String)>>,
    pub(crate) words: Option<Mutex<File>>,
}

#[async_trait]
impl SmsGateway for Phone {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        if let Some(words) = &self.words {
            say(words, &format!("received {} {}", sms.key, sms.to.reveal()));
        }
        self.received.lock().unwrap().push((sms.key.0.clone(), sms.to.reveal().to_owned()));
        Ok(format!("SM-{}", sms.key))
    }

    async fn find(&self, sms: &OutboundSms, _: Timestamp) -> Result<Vec<String>, SendError> {
        let is_it = self.received.lock().unwrap().iter().any(|(key, _)| *key == sms.key.0);
        Ok(is_it.then(|| format!("SM-{}", sms.key)).into_iter().collect())
    }
}

/// A worker over a ledger.
pub(crate) struct House {
    pub(crate) worker: Worker,
    pub(crate) ledger: Arc<SqliteLedger>,
    pub(crate) clock: Arc<ManualClock>,
}

impl House {
    pub(crate) fn over(file: &Path, phone: Arc<Phone>) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-02T15:00:00Z".parse().unwrap()));
        let ledger = Arc::new(SqliteLedger::open_worker(file).unwrap());
        let shared = Arc::new(Shared::new(1, clock.clone(), Plant::Nothing));
        shared.end_faults();
        let (inbox, helpdesk) = (Arc::new(MemoryInbox::default()), Arc::new(MemoryHelpdesk::default()));
        let ports = Ports { inbox, ledger: ledger.clone(), helpdesk, gateway: phone, clock: clock.clone() };
        let triage = Mind::triage(Arc::new(Process::new(1, shared)));
        House { worker: Worker::new(WorkerId("worker".to_owned()), triage, ports, settings()), ledger, clock }
    }

    pub(crate) async fn receive(&self, numbers: std::ops::Range<usize>) {
        let messages: Vec<InboundMessage> = numbers.map(message).collect();
        self.ledger.receive(&messages, self.clock.now()).await.unwrap();
    }

    /// Everything that is due until nothing is open; time passes as it must.
    pub(crate) async fn settle(&self) {
        loop {
            while self.worker.decision_round().await.unwrap() + self.worker.effect_round().await.unwrap() > 0 {}
            if open(&self.ledger.status().await.unwrap()) == 0 {
                return;
            }
            let due = self.ledger.next_due(settings().claim_terms()).await.unwrap();
            let wait_ms = due.map_or(1_000, |due| due.as_millisecond() - self.clock.now().as_millisecond());
            self.clock.advance(wait_ms.max(1_000));
        }
    }
}

fn message(number: usize) -> InboundMessage {
    InboundMessage {
        v: 1,
        message_id: MessageId(format!("m{number}")),
        conversation_id: None,
        from: PhoneNumber::parse(&format!("+1202555{number:04}")).unwrap(),
        to: PhoneNumber::parse("+12025550100").unwrap(),
        at: None,
        text: format!("reply {number}"),
        media: Vec::new(),
        author: Author::Customer,
        carrier_answered: false,
        act: Act::Said,
    }
}

/// One write, so that it is one word of the record.
fn say(words: &Mutex<File>, line: &str) {
    words.lock().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Plays the script in a folder.
pub(crate) async fn play(folder: &Path) {
    let words = || Mutex::new(File::options().create(true).append(true).open(folder.join(WORDS)).unwrap());
    let (words, of_phone) = (words(), words());
    let phone = Arc::new(Phone { received: Mutex::default(), words: Some(of_phone) });
    let house = House::over(&folder.join("ledger.db"), phone);
    for first in (0..MESSAGES).step_by(AT_ONCE) {
        house.receive(first..first + AT_ONCE).await;
        say(&words, &format!("safe {}", first + AT_ONCE));
        house.clock.advance(3_000);
        house.worker.decision_round().await.unwrap();
        house.worker.effect_round().await.unwrap();
    }
    house.settle().await;
}
