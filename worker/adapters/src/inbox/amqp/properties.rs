//! What stands beside a message's bytes: headers of the broker, of its publisher, and ours.

use jiff::Timestamp;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};

/// Why a message lies in the dead queue.
pub(crate) const REASON: &str = "x-whimbrel-reason";
/// Since when, in seconds since 1970.
pub(crate) const REFUSED_AT: &str = "x-whimbrel-refused-at";
/// How often a delivery came back; a quorum queue counts it.
const DELIVERY_COUNT: &str = "x-delivery-count";
/// How often it was handed out before it moved to another of our queues.
const TRIES: &str = "x-whimbrel-tries";
/// What the broker writes when it dead-letters.
const DEATHS: &str = "x-death";
/// The broker keeps it on the disk.
const PERSISTENT: u8 = 2;

/// Of a message that nothing is known of but its bytes.
pub(crate) fn plain() -> BasicProperties {
    BasicProperties::default().with_delivery_mode(PERSISTENT).with_content_type("application/json".into())
}

/// How often it came back unsettled.
pub(crate) fn returns(properties: &BasicProperties) -> u64 {
    header(properties, DELIVERY_COUNT).and_then(whole).unwrap_or(0)
}

/// How often it was handed out and came back, over all our queues.
pub(crate) fn tries(properties: &BasicProperties) -> u64 {
    tries_elsewhere(properties).saturating_add(returns(properties))
}

/// How often it was handed out before it came into this queue.
pub(crate) fn tries_elsewhere(properties: &BasicProperties) -> u64 {
    header(properties, TRIES).and_then(whole).unwrap_or(0)
}

/// The publisher's own properties, for handing the message on: what the broker noted stays behind.
pub(crate) fn handed_on(properties: &BasicProperties) -> BasicProperties {
    let mut headers = FieldTable::default();
    for (name, value) in properties.headers().iter().flat_map(|headers| headers.inner()) {
        if !name.as_str().starts_with("x-") {
            headers.insert(name.clone(), value.clone());
        }
    }
    let mut kept = plain().with_headers(headers);
    if let Some(id) = properties.message_id() {
        kept = kept.with_message_id(id.clone());
    }
    kept
}

/// The same, with how often it was handed out so far.
pub(crate) fn suspected(properties: &BasicProperties) -> BasicProperties {
    let kept = handed_on(properties);
    let mut headers = kept.headers().clone().unwrap_or_default();
    headers.insert(TRIES.into(), AMQPValue::LongLongInt(i64::try_from(tries(properties)).unwrap_or(i64::MAX)));
    kept.with_headers(headers)
}

/// The same, with the reason why it is refused. It is handed out in this moment.
pub(crate) fn refused(properties: &BasicProperties, problem: &str, at: Timestamp) -> BasicProperties {
    let kept = handed_on(properties);
    let mut headers = kept.headers().clone().unwrap_or_default();
    let tries = tries(properties).saturating_add(1);
    headers.insert(TRIES.into(), AMQPValue::LongLongInt(i64::try_from(tries).unwrap_or(i64::MAX)));
    headers.insert(REASON.into(), AMQPValue::LongString(problem.into()));
    headers.insert(REFUSED_AT.into(), AMQPValue::Timestamp(u64::try_from(at.as_second()).unwrap_or(0)));
    kept.with_headers(headers)
}

/// Why we refused it, and when.
pub(crate) fn refusal(properties: &BasicProperties) -> Option<(String, Option<Timestamp>)> {
    let reason = words(header(properties, REASON)?)?;
    Some((reason, header(properties, REFUSED_AT).and_then(moment)))
}

/// The broker's own word for why it gave the message up (`delivery_limit`, `rejected`, `expired`, `maxlen`), and when.
pub(crate) fn death(properties: &BasicProperties) -> Option<(String, Option<Timestamp>)> {
    let AMQPValue::FieldArray(deaths) = header(properties, DEATHS)? else { return None };
    let AMQPValue::FieldTable(newest) = deaths.as_slice().first()? else { return None };
    let reason = words(newest.inner().get("reason")?)?;
    Some((reason, newest.inner().get("time").and_then(moment)))
}

fn header<'a>(properties: &'a BasicProperties, name: &str) -> Option<&'a AMQPValue> {
    properties.headers().as_ref()?.inner().get(name)
}

fn words(value: &AMQPValue) -> Option<String> {
    value.as_long_string().map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned())
}

fn moment(value: &AMQPValue) -> Option<Timestamp> {
    value.as_timestamp().and_then(|seconds| i64::try_from(seconds).ok()).and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// A whole number that is not negative, of whatever width the broker chose.
fn whole(value: &AMQPValue) -> Option<u64> {
    let signed = value
        .as_long_long_int()
        .or_else(|| value.as_long_int().map(i64::from))
        .or_else(|| value.as_long_uint().map(i64::from))
        .or_else(|| value.as_short_int().map(i64::from))
        .or_else(|| value.as_short_short_int().map(i64::from))
        .or_else(|| value.as_short_short_uint().map(i64::from))?;
    u64::try_from(signed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_publishers_headers_are_handed_on_and_the_brokers_are_not() {
        let mut headers = FieldTable::default();
        headers.insert("tenant".into(), AMQPValue::LongString("shop".into()));
        headers.insert(DELIVERY_COUNT.into(), AMQPValue::LongLongInt(3));
        let properties = BasicProperties::default().with_headers(headers).with_message_id("SM1".into());
        assert_eq!((returns(&properties), tries(&properties)), (3, 3));
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let suspected = suspected(&properties);
        assert_eq!((returns(&suspected), tries(&suspected), refusal(&suspected)), (0, 3, None));
        let refused = refused(&suspected, "not JSON", at);
        assert_eq!(tries_elsewhere(&refused), 4, "three that came back, and the one that is refused");
        assert_eq!(refusal(&refused), Some(("not JSON".to_owned(), Some(at))));
        assert_eq!((returns(&refused), refused.message_id().clone()), (0, Some("SM1".into())));
        assert!(refused.headers().as_ref().unwrap().contains_key("tenant"));
        assert_eq!(refusal(&handed_on(&refused)), None, "who tries it again forgets why it was refused");
    }
}
