//! Times as exports write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads RFC 3339 (`2026-03-02T14:45:42Z`), the same without a zone (taken as UTC), a plain date, or seconds since 1970.
pub fn parse(text: &str) -> Option<Timestamp> {
    parse_in(text, &TimeZone::UTC)
}

/// The same, where a time without a zone is one of this zone.
pub fn parse_in(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(local) = text.parse::<DateTime>() {
        return local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    }
    text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_one_of_the_files_zone() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        assert_eq!(parse_in("2026-07-02 14:45:42", &paris), parse("2026-07-02T12:45:42Z"));
        assert_eq!(parse_in("2026-01-02T14:45:42", &paris), parse("2026-01-02T13:45:42Z"));
        assert_eq!(parse_in("2026-01-02T14:45:42Z", &paris), parse("2026-01-02T14:45:42Z"));
    }

    #[test]
    fn the_usual_ways_to_write_a_time_are_read() {
        let expected: Timestamp = "2026-03-02T14:45:42Z".parse().unwrap();
        for text in ["2026-03-02T14:45:42Z", "2026-03-02T15:45:42+01:00", "2026-03-02 14:45:42", "2026-03-02T14:45:42", "1772462742"] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        assert_eq!(parse("2026-03-02"), "2026-03-02T00:00:00Z".parse().ok());
        for text in ["", "yesterday", "02/03/2026"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
