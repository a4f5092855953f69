//! A phone network that knows no keys: what is sent twice is received twice. It takes messages and does not say so, takes them late,
//! takes none and does not say so, asks to wait, and its list shows a message only after a while. It has the right time.

use crate::lives::event::{Answer, Event};
use crate::lives::process::{Plant, Process, Shared};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use runtime::delivery::{DeliveryReport, DeliveryState};
use runtime::effect::EffectKey;
use runtime::ports::clock::Clock;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A call whose answer is lost may be taken so long afterwards, in milliseconds.
pub const LATE_MS_MAX: usize = 20_000;
/// The list shows a message after so long at most, in milliseconds.
pub const LAG_MS_MAX: usize = 30_000;
/// Whoever looks a message up looks back two hours before it was begun: the same rule as for a vendor that lists by peer and day.
pub const LOOK_BACK_MS: i64 = 7_200_000;

struct Sms {
    id: String,
    /// What no list shows: whose it is.
    key: EffectKey,
    to: String,
    text: String,
    created_ms: i64,
    listed_ms: i64,
}

#[derive(Default)]
struct State {
    taken: Vec<Sms>,
    late: Vec<(i64, OutboundSms)>,
    news: Vec<(i64, DeliveryReport)>,
}

/// The network of a world.
pub struct Phone {
    shared: Arc<Shared>,
    start: Timestamp,
    state: Mutex<State>,
}

impl Phone {
    /// A network without messages.
    pub fn new(shared: Arc<Shared>) -> Self {
        let start = shared.clock.now();
        Phone { shared, start, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right time.
    pub fn now(&self) -> Timestamp {
        self.start.saturating_add(SignedDuration::from_millis(self.shared.clock.steady_ms())).unwrap()
    }

    /// The customer gets it; what the network says of it afterwards comes in any order, and some of it twice.
    fn take(&self, sms: &OutboundSms) -> String {
        let steady_ms = self.shared.clock.steady_ms();
        let mut state = self.state();
        let id = format!("SM{}", state.taken.len() + 1);
        let listed_ms = steady_ms + i64::try_from(self.shared.roll(LAG_MS_MAX)).unwrap();
        let (to, text, created_ms) = (sms.to.reveal().to_owned(), sms.text.clone(), self.now().as_millisecond());
        state.taken.push(Sms { id: id.clone(), key: sms.key.clone(), to, text: text.clone(), created_ms, listed_ms });
        let end = if self.shared.strikes(20) { DeliveryState::Undelivered } else { DeliveryState::Delivered };
        for news in [DeliveryState::Sent, end, end] {
            if self.shared.roll(3) > 0 {
                let key = Some(sms.key.clone());
                let report = DeliveryReport { key, vendor_id: id.clone(), state: news, code: None, problem: None, opted_out: false };
                state.news.push((steady_ms + i64::try_from(self.shared.roll(60_000)).unwrap(), report));
            }
        }
        self.shared.log.note(Event::Received { key: sms.key.clone(), text });
        id
    }

    /// Takes what was late until now. Returns the news that have come.
    pub fn goes_on(&self) -> Vec<DeliveryReport> {
        let steady_ms = self.shared.clock.steady_ms();
        let late: Vec<_> = self.state().late.extract_if(.., |(at, _)| *at <= steady_ms).collect();
        for (_, sms) in late {
            self.take(&sms);
        }
        self.state().news.extract_if(.., |(at, _)| *at <= steady_ms).map(|(_, report)| report).collect()
    }

    /// Nothing is on its way any more.
    pub fn is_quiet(&self) -> bool {
        let state = self.state();
        state.late.is_empty() && state.news.is_empty()
    }

    fn call(&self, sms: &OutboundSms) -> Result<String, SendError> {
        self.shared.log.note(Event::Called { key: sms.key.clone() });
        let (answer, result) = match self.shared.strikes(3) {
            false => (Answer::Sent, Ok(self.take(sms))),
            true => self.fails(sms),
        };
        self.shared.log.note(Event::Answered { key: sms.key.clone(), answer });
        result
    }

    fn fails(&self, sms: &OutboundSms) -> (Answer, Result<String, SendError>) {
        let problem = "placed fault".to_owned();
        match self.shared.roll(10) {
            0..3 => {
                self.take(sms);
                (Answer::Lost, Err(SendError::Unknown { problem }))
            }
            3..5 => (Answer::Lost, Err(SendError::Unknown { problem })),
            5..7 => {
                let at = self.shared.clock.steady_ms() + i64::try_from(self.shared.roll(LATE_MS_MAX)).unwrap();
                self.state().late.push((at, sms.clone()));
                (Answer::Lost, Err(SendError::Unknown { problem }))
            }
            7..9 => {
                let retry_after_ms = Some(i64::try_from(self.shared.roll(60_000)).unwrap());
                (Answer::NotNow, Err(SendError::Again { problem, retry_after_ms }))
            }
            _ => (Answer::Never, Err(SendError::Refused { problem })),
        }
    }

    /// The ids of what looks like it, and how many of them are it.
    fn list(&self, sms: &OutboundSms, begun_at: Timestamp) -> (Vec<String>, usize) {
        let (steady_ms, since_ms) = (self.shared.clock.steady_ms(), begun_at.as_millisecond() - LOOK_BACK_MS);
        let state = self.state();
        let is_it = |known: &&Sms| {
            known.to == sms.to.reveal() && known.text == sms.text && known.listed_ms <= steady_ms && known.created_ms >= since_ms
        };
        let alike = || state.taken.iter().filter(is_it);
        (alike().map(|known| known.id.clone()).collect(), alike().filter(|known| known.key == sms.key).count())
    }
}

/// What one process sees of it.
pub struct PhoneOf {
    /// The network.
    pub phone: Arc<Phone>,
    /// The process.
    pub process: Arc<Process>,
}

#[async_trait]
impl SmsGateway for PhoneOf {
    /// Nobody else goes first before the call: that moment is the limit of what a worker can see.
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        self.process.may_die().await;
        let mut result = self.phone.call(sms);
        if self.process.shared.plant == Plant::SendsAgain && matches!(result, Err(SendError::Unknown { .. })) {
            result = self.phone.call(sms);
        }
        self.process.point().await;
        result
    }

    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        self.process.point().await;
        if self.process.shared.strikes(10) {
            return Err(SendError::Again { problem: "placed fault".to_owned(), retry_after_ms: None });
        }
        let (alike, found) = self.phone.list(sms, begun_at);
        self.process.shared.log.note(Event::LookedUp { key: sms.key.clone(), found });
        self.process.point().await;
        Ok(alike)
    }
}
