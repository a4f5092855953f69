//! When people are at work.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Office hours of a week in one time zone. A day without spans is closed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeHours {
    /// IANA name, such as `Europe/Paris`.
    pub time_zone: String,
    /// Spans of Monday, such as `["09:00-12:30", "13:30-18:00"]`.
    #[serde(default)]
    pub mon: Vec<Span>,
    /// Spans of Tuesday.
    #[serde(default)]
    pub tue: Vec<Span>,
    /// Spans of Wednesday.
    #[serde(default)]
    pub wed: Vec<Span>,
    /// Spans of Thursday.
    #[serde(default)]
    pub thu: Vec<Span>,
    /// Spans of Friday.
    #[serde(default)]
    pub fri: Vec<Span>,
    /// Spans of Saturday.
    #[serde(default)]
    pub sat: Vec<Span>,
    /// Spans of Sunday.
    #[serde(default)]
    pub sun: Vec<Span>,
}

/// From one time of day to another on the same day.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    from: Time,
    to: Time,
}

/// The text is no span of hours.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no span of hours: write `09:00-17:30`, the later time last (`24:00` for midnight)")]
pub struct SpanError(String);

impl TryFrom<String> for Span {
    type Error = SpanError;
    fn try_from(text: String) -> Result<Self, SpanError> {
        let read = |part: &str| -> Option<Time> {
            let part = part.trim();
            if part == "24:00" {
                return Some(Time::MAX);
            }
            let (hour, minute) = part.split_once(':')?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        let span = text.split_once('-').and_then(|(from, to)| Some(Span { from: read(from)?, to: read(to)? }));
        span.filter(|span| span.from < span.to).ok_or(SpanError(text))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        let end = if span.to == Time::MAX { "24:00".to_owned() } else { format!("{:02}:{:02}", span.to.hour(), span.to.minute()) };
        format!("{:02}:{:02}-{end}", span.from.hour(), span.from.minute())
    }
}

impl OfficeHours {
    /// The named zone, or why there is none.
    pub fn zone(&self) -> Result<TimeZone, jiff::Error> {
        TimeZone::get(&self.time_zone)
    }

    /// Somebody is at work. An unknown zone counts as closed; the configuration check names it.
    pub fn open_at(&self, at: Timestamp) -> bool {
        let Ok(zone) = self.zone() else { return false };
        let local = at.to_zoned(zone);
        let time = local.time();
        self.day(local.weekday()).iter().any(|span| span.from <= time && time < span.to)
    }

    fn day(&self, weekday: Weekday) -> &[Span] {
        match weekday {
            Weekday::Monday => &self.mon,
            Weekday::Tuesday => &self.tue,
            Weekday::Wednesday => &self.wed,
            Weekday::Thursday => &self.thu,
            Weekday::Friday => &self.fri,
            Weekday::Saturday => &self.sat,
            Weekday::Sunday => &self.sun,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, spans: &[&str]) -> OfficeHours {
        let spans: Vec<Span> = spans.iter().map(|span| Span::try_from((*span).to_owned()).unwrap()).collect();
        OfficeHours { time_zone: zone.to_owned(), mon: spans, tue: vec![], wed: vec![], thu: vec![], fri: vec![], sat: vec![], sun: vec![] }
    }

    #[test]
    fn hours_hold_in_their_own_zone_and_on_their_own_day() {
        let paris = hours("Europe/Paris", &["09:00-12:30", "13:30-24:00"]);
        for (at, open) in [
            ("2026-11-02T08:00:00Z", true),  // Monday 09:00
            ("2026-11-02T07:59:59Z", false), // Monday 08:59
            ("2026-11-02T11:30:00Z", false), // Monday 12:30
            ("2026-11-02T22:59:59Z", true),  // Monday 23:59
            ("2026-11-03T09:00:00Z", false), // Tuesday
            ("2026-07-06T07:00:00Z", true),  // Monday 09:00 in summer time
        ] {
            assert_eq!(paris.open_at(at.parse().unwrap()), open, "{at}");
        }
    }

    #[test]
    fn spans_that_make_no_sense_are_refused_with_a_hint() {
        for text in ["", "9-17", "17:00-09:00", "25:00-26:00", "nine to five"] {
            assert!(Span::try_from(text.to_owned()).unwrap_err().to_string().contains("09:00-17:30"));
        }
    }
}
