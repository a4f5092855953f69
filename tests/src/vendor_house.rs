//! The whole house between Twilio and Intercom: the real adapters, the real console on loopback, the real worker, and vendors'
//! servers beside them. Rounds are driven by hand.

use crate::calls::{Held, from_intercom, from_twilio};
use crate::fakes::intercom::FakeIntercom;
use crate::fakes::twilio::{ACCOUNT, FakeTwilio, TOKEN};
use crate::operators::operators;
use crate::prism::{self, Description, Prism};
use crate::test_worker;
use adapters::clock::manual::ManualClock;
use adapters::helpdesk::intercom::client::IntercomSettings;
use adapters::helpdesk::intercom::desk::IntercomHelpdesk;
use adapters::inbox::memory::MemoryInbox;
use adapters::inbox::spool::Spool;
use adapters::ledger::memory::MemoryLedger;
use adapters::secret::Secret;
use adapters::sms_gateway::helpdesk::HelpdeskSmsGateway;
use adapters::sms_gateway::twilio::{TwilioSettings, TwilioSmsGateway};
use adapters::webhook::intercom::IntercomWebhook;
use adapters::webhook::twilio::TwilioWebhook;
use anyhow::Context;
use console::webhooks::Webhooks;
use jiff::Timestamp;
use runtime::ports::helpdesk::Helpdesk;
use runtime::ports::ledger::{Ledger, WorkerId};
use runtime::ports::sms_gateway::SmsGateway;
use runtime::ports::webhook::Webhook;
use runtime::settings::WorkerSettings;
use runtime::sweep::{Sweep, SweepSettings};
use runtime::worker::{Ports, Worker};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard};
use triage::phone::PhoneNumber;

/// The customer.
pub const CUSTOMER: &str = "+12025550142";
/// The company.
pub const COMPANY: &str = "+12025550100";
/// Intercom's client secret.
pub const CLIENT_SECRET: &str = "app secret";

/// Houses with Prism stand one at a time: a dozen of Prisms on two cores are so slow that calls run into their limits.
static TURN: Mutex<()> = Mutex::const_new(());

/// By which way messages go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Twilio is ours, Intercom keeps the ticket.
    Twilio,
    /// Through Intercom's own number.
    Intercom,
}

/// The house.
pub struct VendorHouse {
    /// Drives rounds.
    pub worker: Worker,
    /// Fetches what was missed.
    pub sweep: Sweep,
    /// What came in, what was decided, what was done.
    pub ledger: Arc<MemoryLedger>,
    /// The phone network.
    pub twilio: FakeTwilio,
    /// The helpdesk.
    pub intercom: FakeIntercom,
    /// The helpdesk's adapter.
    pub helpdesk: Arc<IntercomHelpdesk>,
    /// Stands still until it is set.
    pub clock: Arc<ManualClock>,
    /// Where the console is.
    pub console: String,
    /// Both sides are checked against the vendors' descriptions.
    pub is_checked: bool,
    settings: WorkerSettings,
    http: reqwest::Client,
    _prisms: Vec<Prism>,
    _turn: Option<MutexGuard<'static, ()>>,
    _folder: TempDir,
}

/// How Twilio is reached.
pub fn twilio_settings(base_url: &str) -> TwilioSettings {
    TwilioSettings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: Secret::new(TOKEN),
        secondary_auth_token: Secret::default(),
        shared_key: Secret::default(),
        from: String::new(),
        messaging_service_sid: String::new(),
        validity_period_s: 600,
        base_url: base_url.to_owned(),
    }
}

/// How Intercom is reached.
pub fn intercom_settings(base_url: &str) -> IntercomSettings {
    IntercomSettings {
        access_token: Secret::new("token"),
        client_secret: Secret::new(CLIENT_SECRET),
        app_id: String::new(),
        admin_id: String::new(),
        stand_down_when_assigned: true,
        base_url: base_url.to_owned(),
    }
}

/// A fake's address, or that of Prism before it.
fn checked(test: Option<&str>, description: Description, fake: String, prisms: &mut Vec<Prism>) -> String {
    match test.and_then(|test| prism::before(test, description, &fake)) {
        Some(prism) => {
            let url = prism.url.clone();
            prisms.push(prism);
            url
        }
        None => fake,
    }
}

impl VendorHouse {
    /// Builds it with Prism before the vendors. `test` is said when there is no Prism to check with.
    pub async fn new(test: &str, way: Way) -> anyhow::Result<Self> {
        Self::build(Some(test), way).await
    }

    /// Builds it with the vendors alone.
    pub async fn bare(way: Way) -> anyhow::Result<Self> {
        Self::build(None, way).await
    }

    async fn build(test: Option<&str>, way: Way) -> anyhow::Result<Self> {
        let _turn = if test.is_some() { Some(TURN.lock().await) } else { None };
        let folder = tempfile::tempdir()?;
        let start: Timestamp = "2026-11-02T15:00:00Z".parse()?;
        let clock = Arc::new(ManualClock::at(start));
        let (twilio, intercom) = (FakeTwilio::new(clock.clone()), FakeIntercom::new(clock.clone()));
        let mut prisms = Vec::new();
        let twilio_url = checked(test, Description::Twilio, twilio.serve().await?, &mut prisms);
        let intercom_url = checked(test, Description::Intercom, intercom.serve().await?, &mut prisms);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let console = format!("http://{}", listener.local_addr()?);
        let number = PhoneNumber::parse(COMPANY).ok().context("number")?;
        let helpdesk = Arc::new(IntercomHelpdesk::new(intercom_settings(&intercom_url), number, way == Way::Twilio)?);
        let gateway: Arc<dyn SmsGateway> = match way {
            Way::Twilio => Arc::new(TwilioSmsGateway::new(twilio_settings(&twilio_url), &console, clock.clone())?),
            Way::Intercom => Arc::new(HelpdeskSmsGateway::new(helpdesk.clone())),
        };
        let ledger = Arc::new(MemoryLedger::default());
        let notices = Arc::new(Spool::open(&folder.path().join("notices"))?);
        let hooks = Webhooks {
            vendors: Arc::new(vendors(&console)),
            ledger: ledger.clone(),
            notices: notices.clone(),
            clock: clock.clone(),
            body_bytes_max: 1024 * 1024,
        };
        let router = console::server::router(operators(ledger.clone(), clock.clone()), Some(hooks));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let triage = test_worker::shop(&folder, start, test_worker::catalog()?).await?;
        let settings = WorkerSettings::default();
        let desk: Arc<dyn Helpdesk> = helpdesk.clone();
        let ports = Ports {
            inbox: Arc::new(MemoryInbox::default()),
            ledger: ledger.clone(),
            helpdesk: desk.clone(),
            gateway: gateway.clone(),
            clock: clock.clone(),
        };
        let sweep =
            Sweep { helpdesk: desk, gateway, ledger: ledger.clone(), notices, clock: clock.clone(), settings: SweepSettings::default() };
        let worker = Worker::new(WorkerId("test".to_owned()), triage, ports, settings.clone());
        let is_checked = prisms.len() == 2;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let (_prisms, _folder) = (prisms, folder);
        Ok(VendorHouse {
            worker,
            sweep,
            ledger,
            twilio,
            intercom,
            helpdesk,
            clock,
            console,
            is_checked,
            settings,
            http,
            _prisms,
            _turn,
            _folder,
        })
    }

    /// A vendor calls. Returns status and body.
    pub async fn call(&self, call: &Held) -> anyhow::Result<(u16, String)> {
        let mut request = self.http.post(format!("{}{}", self.console, call.path_and_query)).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// The customer writes an SMS to our Twilio number, and Twilio calls.
    pub async fn customer_writes(&self, text: &str) -> anyhow::Result<(u16, String)> {
        let sid = self.twilio.write(CUSTOMER, COMPANY, text);
        let fields = [
            ("MessageSid", sid.as_str()),
            ("AccountSid", ACCOUNT),
            ("From", CUSTOMER),
            ("To", COMPANY),
            ("Body", text),
            ("NumMedia", "0"),
            ("ToCity", ""),
        ];
        self.call(&from_twilio(TOKEN, &self.console, "/webhooks/twilio", &fields)).await
    }

    /// Twilio says how the newest message fared, at the address that went along with it.
    pub async fn fares(&self, status: &str, code: Option<&str>) -> anyhow::Result<(u16, String)> {
        let form = self.twilio.forms().pop().context("nothing was sent")?;
        let callback = form.get("StatusCallback").context("no StatusCallback")?;
        let path = callback.strip_prefix(&self.console).context("another host")?.to_owned();
        let sid = self.twilio.newest();
        let mut fields = vec![("MessageSid", sid.as_str()), ("AccountSid", ACCOUNT), ("MessageStatus", status)];
        fields.extend(code.map(|code| ("ErrorCode", code)));
        self.call(&from_twilio(TOKEN, &self.console, &path, &fields)).await
    }

    /// Intercom says that something happened, and what it names is read.
    pub async fn intercom_tells(&self, topic: &str, conversation: &str) -> anyhow::Result<()> {
        let (status, _) = self.call(&from_intercom(CLIENT_SECRET, topic, conversation)).await?;
        anyhow::ensure!(status == 200, "answered with {status}");
        self.sweep.notices_round().await?;
        Ok(())
    }

    /// Decides what is due once the burst is over, without acting.
    pub async fn decide(&self) -> anyhow::Result<usize> {
        self.clock.advance(self.settings.burst_window_ms);
        Ok(self.worker.decision_round().await?)
    }

    /// Does what is due, lets time jump to what falls due next, and goes on until nothing is left to do.
    pub async fn settle(&self) -> anyhow::Result<()> {
        loop {
            let done = self.worker.decision_round().await? + self.worker.effect_round().await?;
            if done > 0 {
                continue;
            }
            match self.ledger.next_due(self.settings.claim_terms()).await? {
                Some(due) => self.clock.set(due.max(runtime::ports::clock::Clock::now(self.clock.as_ref()))),
                None => return Ok(()),
            }
        }
    }
}

fn vendors(console: &str) -> BTreeMap<&'static str, Arc<dyn Webhook>> {
    let twilio = TwilioWebhook {
        public_url: console.to_owned(),
        account_sid: ACCOUNT.to_owned(),
        auth_tokens: vec![Secret::new(TOKEN)],
        shared_keys: Vec::new(),
    };
    let intercom = IntercomWebhook { client_secret: Secret::new(CLIENT_SECRET), app_id: String::new() };
    let mut hooks: BTreeMap<&'static str, Arc<dyn Webhook>> = BTreeMap::new();
    hooks.insert("twilio", Arc::new(twilio));
    hooks.insert("intercom", Arc::new(intercom));
    hooks
}
