//! A message as Twilio's REST API shows it: nearly everything is text.

use super::twilio_codes::{Class, class_of};
use crate::webhook::twilio::state;
use jiff::Timestamp;
use runtime::delivery::DeliveryReport;
use runtime::inbound::{Act, InboundMessage, WIRE_VERSION};
use runtime::ports::sms_gateway::Bill;
use serde::Deserialize;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId};

/// A page of the list, newest first.
#[derive(Deserialize)]
pub struct TwilioPage {
    /// The messages.
    #[serde(default)]
    pub messages: Vec<TwilioMessage>,
    /// A relative path; absent on the last page.
    #[serde(default)]
    pub next_page_uri: Option<String>,
}

/// One message.
#[derive(Deserialize)]
pub struct TwilioMessage {
    /// Its id.
    pub sid: String,
    /// The text; none when only pictures came.
    #[serde(default)]
    pub body: Option<String>,
    /// `inbound`, `outbound-api`, …
    #[serde(default)]
    direction: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    status: String,
    /// RFC 2822.
    #[serde(default)]
    date_created: Option<String>,
    #[serde(default)]
    num_segments: Option<String>,
    /// Negative, such as `-0.00750`; null until it is known.
    #[serde(default)]
    price: Option<String>,
    #[serde(default)]
    price_unit: Option<String>,
    #[serde(default)]
    error_code: Option<u32>,
}

impl TwilioMessage {
    /// One of ours.
    pub fn is_outbound(&self) -> bool {
        self.direction.starts_with("outbound")
    }

    /// When Twilio made it.
    pub fn created_at(&self) -> Option<Timestamp> {
        jiff::fmt::rfc2822::parse(self.date_created.as_deref()?).ok().map(|zoned| zoned.timestamp())
    }

    /// The message of a customer, if it is one. The list has no media addresses: a message with pictures names none.
    pub fn inbound(&self) -> Option<InboundMessage> {
        if self.direction != "inbound" {
            return None;
        }
        let number = |text: &Option<String>| text.as_deref().and_then(|text| PhoneNumber::parse(text).ok());
        Some(InboundMessage {
            v: WIRE_VERSION,
            message_id: MessageId(self.sid.clone()),
            conversation_id: None,
            from: number(&self.from)?,
            to: number(&self.to)?,
            at: self.created_at(),
            text: self.body.clone().unwrap_or_default(),
            media: Vec::new(),
            author: Author::Customer,
            carrier_answered: false,
            act: Act::Said,
        })
    }

    /// What it came to, when Twilio says where it stands.
    pub fn bill(&self) -> Option<Bill> {
        let code = self.error_code;
        let report = DeliveryReport {
            key: None,
            vendor_id: self.sid.clone(),
            state: state(&self.status)?,
            code,
            problem: code.map(|code| format!("Twilio error {code}: {}", class_of(code).advice())),
            opted_out: code.map(class_of) == Some(Class::OptedOut),
        };
        Some(Bill {
            segments: self.num_segments.as_deref().and_then(|count| count.parse().ok()).unwrap_or(0),
            price_micros: self.price.as_deref().and_then(micros),
            currency: self.price_unit.clone(),
            report,
        })
    }
}

/// Millionths of a decimal number, without its sign.
fn micros(price: &str) -> Option<i64> {
    let price = price.trim().trim_start_matches(['-', '+']);
    let (whole, fraction) = price.split_once('.').unwrap_or((price, ""));
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(fraction.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_without_rounding() {
        for (price, expected) in [("-0.00750", Some(7_500)), ("0.1", Some(100_000)), ("-12", Some(12_000_000)), ("", None), ("none", None)]
        {
            assert_eq!(micros(price), expected, "{price}");
        }
    }
}
