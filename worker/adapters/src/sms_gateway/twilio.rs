//! Twilio as the phone network (REST 2010-04-01). Twilio takes no idempotency key: a send whose answer was lost is unknown, and is
//! looked up by the token in its status callback and then in the list of messages.

use super::pace::Pace;
use super::twilio_codes::{Class, class_of};
use super::twilio_message::{TwilioMessage, TwilioPage};
use crate::http::{self, Answer, CallError, ClientError};
use crate::secret::Secret;
use crate::webhook::twilio::{ATTEMPT_MARK, TOKEN};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use runtime::inbound::InboundMessage;
use runtime::ports::clock::Clock;
use runtime::ports::sms_gateway::{Bill, OutboundSms, SendError, SmsGateway};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The vendor has no such message (any more).
const NOT_FOUND: u16 = 404;
/// Pages of a list that are read at most.
pub const PAGES_MAX: usize = 100;
/// Messages of a page of the sweep; the vendor's maximum.
pub const SWEEP_PAGE: usize = 1_000;
/// Messages of the look-up of a send.
pub const LOOK_UP_PAGE: usize = 50;
/// The vendor's clock may be behind ours by so many milliseconds, and its times have whole seconds.
pub const CLOCK_SLACK_MS: i64 = 2_000;
/// A lost send is looked for so long, in milliseconds, before it was begun: our clock may have been wrong by two hours then. Older
/// messages with the same words are told from it by their ids, which the ledger knows.
pub const LOOK_BACK_MS: i64 = 7_200_000;

/// How Twilio is reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSettings {
    /// `AC…`, from the console's first page.
    pub account_sid: String,
    /// Of the account; it also signs webhooks.
    pub auth_token: Secret,
    /// The other one while a token is being changed.
    pub secondary_auth_token: Secret,
    /// Secret of a shared key, when webhooks are signed with one.
    pub shared_key: Secret,
    /// The sender; empty to answer from the number that the customer wrote to.
    pub from: String,
    /// `MG…`, when a Messaging Service sends; with a sender, that one of its pool is used.
    pub messaging_service_sid: String,
    /// A message that waits longer is dropped, in seconds, 1 to 36,000.
    pub validity_period_s: u32,
    /// Where the API is.
    pub base_url: String,
}

/// Sends through Twilio.
pub struct TwilioSmsGateway {
    settings: TwilioSettings,
    /// What stands before the path of our own webhooks; empty when there are none.
    public_url: String,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    pace: Pace,
}

impl TwilioSmsGateway {
    /// A gateway whose status callbacks go to `public_url`.
    pub fn new(settings: TwilioSettings, public_url: &str, clock: Arc<dyn Clock>) -> Result<Self, ClientError> {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Ok(TwilioSmsGateway { settings, public_url, http: http::client()?, clock, pace: Pace::default() })
    }

    fn url(&self, rest: &str) -> String {
        let TwilioSettings { base_url, account_sid, .. } = &self.settings;
        format!("{}/2010-04-01/Accounts/{account_sid}/{rest}", base_url.trim_end_matches('/'))
    }

    fn signed_in(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.basic_auth(&self.settings.account_sid, Some(self.settings.auth_token.reveal()))
    }

    /// The form of one send. Names as in `CreateMessageRequest` of the vendor's description.
    pub fn form(&self, sms: &OutboundSms) -> Vec<(&'static str, String)> {
        let TwilioSettings { from, messaging_service_sid, validity_period_s, .. } = &self.settings;
        let from = if from.is_empty() { sms.from.reveal() } else { from };
        let mut form = vec![("To", sms.to.reveal().to_owned()), ("From", from.to_owned()), ("Body", sms.text.clone())];
        if !messaging_service_sid.is_empty() {
            form.push(("MessagingServiceSid", messaging_service_sid.clone()));
        }
        form.push(("ValidityPeriod", validity_period_s.to_string()));
        if !self.public_url.is_empty() {
            let callback = format!("{}/webhooks/twilio/status?{TOKEN}={}{ATTEMPT_MARK}{}", self.public_url, sms.key, sms.attempts);
            form.push(("StatusCallback", callback));
        }
        form
    }

    async fn get(&self, url: String) -> Result<Answer, SendError> {
        let answer = http::call(self.signed_in(self.http.get(url))).await.map_err(unanswered)?;
        if answer.is_success() { Ok(answer) } else { Err(refused(&answer)) }
    }

    /// Messages of the list, newest first, until `wanted` has had enough or the list is over.
    async fn list(&self, query: String, mut wanted: impl FnMut(&TwilioMessage) -> bool) -> Result<(), SendError> {
        let mut url = self.url(&format!("Messages.json?{query}"));
        for _ in 0..PAGES_MAX {
            let page: TwilioPage = serde_json::from_value(self.get(url).await?.json)
                .map_err(|_| SendError::Unknown { problem: "Twilio's list of messages is not as it should be".to_owned() })?;
            if !page.messages.iter().all(&mut wanted) {
                return Ok(());
            }
            match page.next_page_uri {
                // The path is relative to the API's host.
                Some(next) if next.starts_with('/') => url = format!("{}{next}", self.settings.base_url.trim_end_matches('/')),
                Some(_) | None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// A call without an answer. Only what was never sent may be sent again at once.
fn unanswered(error: CallError) -> SendError {
    let problem = format!("Twilio: {error}");
    match error {
        CallError::NotSent(_) => SendError::Again { problem, retry_after_ms: None },
        CallError::NoAnswer(_) => SendError::Unknown { problem },
    }
}

/// What an error answer means. The vendor's own sentence may hold the number: only its code is told.
fn refused(answer: &Answer) -> SendError {
    let code = answer.json["code"].as_u64().and_then(|code| u32::try_from(code).ok());
    let class = code.map(class_of);
    let problem = match (code, class) {
        (Some(code), Some(class)) => format!("Twilio error {code}: {}", class.advice()),
        _ => format!("Twilio answered with HTTP {}", answer.status),
    };
    let retry_after_ms = answer.retry_after_ms;
    match (answer.status, class) {
        (429, _) | (400..=499, Some(Class::Later)) => SendError::Again { problem, retry_after_ms },
        (500..=599, _) => SendError::Unknown { problem },
        (_, Some(Class::OptedOut)) => SendError::OptedOut { problem },
        (400..=499, _) => SendError::Refused { problem },
        _ => SendError::Unknown { problem },
    }
}

/// Form encoding of names and values.
pub fn encoded(fields: &[(&str, String)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    fields.iter().for_each(|(name, value)| {
        form.append_pair(name, value);
    });
    form.finish()
}

#[async_trait]
impl SmsGateway for TwilioSmsGateway {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        self.pace.take(&sms.to, self.clock.steady_ms()).map_err(|wait_ms| SendError::Again {
            problem: "this number has had fourteen messages in thirty seconds".to_owned(),
            retry_after_ms: Some(wait_ms),
        })?;
        let request = self.http.post(self.url("Messages.json")).header("content-type", "application/x-www-form-urlencoded");
        let answer = http::call(self.signed_in(request).body(encoded(&self.form(sms)))).await.map_err(unanswered)?;
        if !answer.is_success() {
            return Err(refused(&answer));
        }
        let sid = answer.json["sid"].as_str().filter(|sid| !sid.is_empty());
        sid.map(str::to_owned).ok_or_else(|| SendError::Unknown { problem: "Twilio answered without a message's id".to_owned() })
    }

    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        let query = encoded(&[("To", sms.to.reveal().to_owned()), ("PageSize", LOOK_UP_PAGE.to_string())]);
        let begun_ms = begun_at.as_millisecond() - LOOK_BACK_MS;
        let mut found = Vec::new();
        self.list(query, |message| {
            let is_since = message.created_at().is_none_or(|at| at.as_millisecond() >= begun_ms);
            if is_since && message.is_outbound() && message.body.as_deref().map(str::trim) == Some(sms.text.trim()) {
                found.push(message.sid.clone());
            }
            is_since
        })
        .await?;
        found.reverse();
        Ok(found)
    }

    async fn inbound_since(&self, since: Timestamp) -> Result<Vec<InboundMessage>, SendError> {
        let day = since.to_zoned(TimeZone::UTC).date().to_string();
        let query = encoded(&[("DateSent>", day), ("PageSize", SWEEP_PAGE.to_string())]);
        let since_ms = since.as_millisecond() - CLOCK_SLACK_MS;
        let mut missed = Vec::new();
        self.list(query, |message| {
            let is_since = message.created_at().is_none_or(|at| at.as_millisecond() >= since_ms);
            if is_since {
                missed.extend(message.inbound());
            }
            is_since
        })
        .await?;
        missed.reverse();
        Ok(missed)
    }

    fn has_bills(&self) -> bool {
        true
    }

    async fn bill(&self, vendor_id: &str) -> Result<Option<Bill>, SendError> {
        let url = self.url(&format!("Messages/{vendor_id}.json"));
        let answer = http::call(self.signed_in(self.http.get(url))).await.map_err(unanswered)?;
        if answer.status == NOT_FOUND {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(refused(&answer));
        }
        let message: TwilioMessage = serde_json::from_value(answer.json)
            .map_err(|_| SendError::Unknown { problem: "Twilio's message is not as it should be".to_owned() })?;
        Ok(message.bill())
    }
}
