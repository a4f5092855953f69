//! Numbers, prices, percentages, times, dates and telephone numbers in a text, each in one normal form.
//!
//! Strict on purpose: "9 am" and "9:00 am" are two different things here, so that a reply repeats what its passage says.

use regex::Regex;
use std::sync::LazyLock;
use triage::text::fold;

/// A run of so many digits with the usual separators is taken as one number to dial.
const PHONE_DIGITS_MIN: usize = 7;

/// A number in its normal form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Number {
    /// As it was written.
    pub written: String,
    /// Value and unit, such as `5 USD`, `10 %`, `9 am`, `5`; `tel` and digits for a telephone number; `day` and name for a day.
    pub key: String,
}

static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\+?\(?[0-9][0-9() .\-\u{a0}\u{202f}]{5,}[0-9]").ok());

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<before>us\$|ca\$|a\$|\$|€|£|\b(?:usd|eur|gbp|cad|chf)\b)?\s?",
        r"(?P<value>[0-9]+(?:(?:[.,:'’]|\s?h\s?)[0-9]+|[ \u{a0}\u{202f}][0-9]{3}\b)*)",
        r"(?:\s?(?P<after>%|percent\b|per cent\b|pour cent\b|por ciento\b|prozent\b|a\.?m\b\.?|p\.?m\b\.?|",
        r"€|\$|£|(?:usd|eur|gbp|cad|chf)\b|euros?\b|dollars?\b|dolares\b|dolar\b|pounds?\b|livres? sterling\b|uhr\b|h\b))?",
    ))
    .ok()
});

/// Numbers that are written as words, with their accents: "très" is not "tres". Words that mean other things in a neighbour language
/// ("once", "neuf", "cent") are left out.
const NUMBER_WORDS: [(&str, &str); 59] = [
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("deux", "2"),
    ("trois", "3"),
    ("quatre", "4"),
    ("cinq", "5"),
    ("huit", "8"),
    ("dix", "10"),
    ("onze", "11"),
    ("douze", "12"),
    ("quinze", "15"),
    ("vingt", "20"),
    ("trente", "30"),
    ("soixante", "60"),
    ("dos", "2"),
    ("tres", "3"),
    ("cuatro", "4"),
    ("cinco", "5"),
    ("seis", "6"),
    ("siete", "7"),
    ("ocho", "8"),
    ("nueve", "9"),
    ("diez", "10"),
    ("doce", "12"),
    ("quince", "15"),
    ("veinte", "20"),
    ("treinta", "30"),
    ("sesenta", "60"),
    ("zwei", "2"),
    ("drei", "3"),
    ("vier", "4"),
    ("fünf", "5"),
    ("sechs", "6"),
    ("sieben", "7"),
    ("acht", "8"),
    ("neun", "9"),
    ("zehn", "10"),
    ("elf", "11"),
    ("zwölf", "12"),
    ("zwanzig", "20"),
    ("dreißig", "30"),
];

/// Days and months by language, folded; the same place is the same day. Words with a second meaning ("may", "march", "mars") are left out.
const DAYS: [&[&str]; 4] = [
    &[
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "",
        "april",
        "",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "today",
        "tomorrow",
        "yesterday",
        "tonight",
    ],
    &[
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "janvier",
        "fevrier",
        "",
        "avril",
        "",
        "juin",
        "juillet",
        "aout",
        "septembre",
        "octobre",
        "novembre",
        "decembre",
        "aujourd'hui",
        "demain",
        "hier",
        "",
    ],
    &[
        "lunes",
        "martes",
        "miercoles",
        "jueves",
        "viernes",
        "sabado",
        "domingo",
        "enero",
        "febrero",
        "",
        "abril",
        "",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "hoy",
        "manana",
        "ayer",
        "",
    ],
    &[
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "januar",
        "februar",
        "",
        "april",
        "",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
        "heute",
        "",
        "gestern",
        "",
    ],
];

/// All numbers of a text, telephone numbers first, then in their order.
pub fn numbers(text: &str) -> Vec<Number> {
    let text: String = text.chars().map(|c| if c == '’' { '\'' } else { c }).collect();
    let mut found = Vec::new();
    let rest = take_phones(&text, &mut found);
    let folded = fold_keeping_signs(&rest);
    if let Some(pattern) = NUMBER.as_ref() {
        for groups in pattern.captures_iter(&folded) {
            let Some(value) = groups.name("value") else { continue };
            let unit = groups.name("before").or_else(|| groups.name("after")).map(|unit| unit_of(unit.as_str()));
            let written = groups.get(0).map_or("", |whole| whole.as_str()).trim().trim_end_matches('.').to_owned();
            let value = value_of(value.as_str());
            let key = unit.map_or_else(|| value.clone(), |unit| format!("{value} {unit}"));
            found.push(Number { written, key });
        }
    }
    add_words(&text, &mut found);
    found
}

/// The number stands among those of passages. A telephone number may be part of a longer run of digits there.
pub fn stands_in(number: &Number, passages: &[Number]) -> bool {
    match number.key.strip_prefix("tel ") {
        Some(digits) => passages.iter().any(|other| other.key.strip_prefix("tel ").is_some_and(|run| run.contains(digits))),
        None => passages.iter().any(|other| other.key == number.key),
    }
}

/// Replaces telephone numbers by a blank.
fn take_phones(text: &str, found: &mut Vec<Number>) -> String {
    let Some(pattern) = PHONE.as_ref() else { return text.to_owned() };
    let replace = |run: &regex::Captures<'_>| {
        let run = run.get(0).map_or("", |whole| whole.as_str());
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        if digits.len() < PHONE_DIGITS_MIN {
            return run.to_owned();
        }
        found.push(Number { written: run.trim().to_owned(), key: format!("tel {digits}") });
        " ".to_owned()
    };
    pattern.replace_all(text, replace).into_owned()
}

fn fold_keeping_signs(text: &str) -> String {
    fold(text).replace('\u{a0}', " ")
}

/// "1,000" and "1 000" are 1000, "6,95" is 6.95, "85.00" is 85, "9 h 30" is 9:30.
fn value_of(written: &str) -> String {
    let compact: String = written.replace('h', ":").chars().filter(|c| !c.is_whitespace() && *c != '\'' && *c != '’').collect();
    let mut value = String::new();
    let mut rest = compact.as_str();
    while let Some(at) = rest.find(['.', ',']) {
        let (head, tail) = rest.split_at(at);
        let tail = tail.get(1..).unwrap_or_default();
        let digits = tail.chars().take_while(char::is_ascii_digit).count();
        value.push_str(head);
        if digits != 3 {
            value.push('.');
        }
        rest = tail;
    }
    value.push_str(rest);
    match value.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.chars().all(|c| c == '0') => whole.to_owned(),
        Some(_) | None => value,
    }
}

fn unit_of(written: &str) -> &'static str {
    match written.replace('.', "").as_str() {
        "us$" | "$" | "usd" | "dollar" | "dollars" | "dolar" | "dolares" => "USD",
        "ca$" | "cad" => "CAD",
        "a$" => "AUD",
        "€" | "eur" | "euro" | "euros" => "EUR",
        "£" | "gbp" | "pound" | "pounds" | "livre sterling" | "livres sterling" => "GBP",
        "chf" => "CHF",
        "am" => "am",
        "pm" => "pm",
        "h" | "uhr" => "h",
        _ => "%",
    }
}

fn add_words(text: &str, found: &mut Vec<Number>) {
    let lower = text.to_lowercase();
    for word in lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        if let Some((_, value)) = NUMBER_WORDS.iter().find(|(name, _)| *name == word) {
            found.push(Number { written: word.to_owned(), key: (*value).to_owned() });
        } else if let Some(day) = day_of(&fold(word)) {
            found.push(Number { written: word.to_owned(), key: format!("day {day}") });
        }
    }
}

/// The day of the week, the month or the like that a folded word means: its place among [`DAYS`].
pub(crate) fn day_of(word: &str) -> Option<usize> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    DAYS.iter().find_map(|days| days.iter().position(|day| !day.is_empty() && (*day == word || *day == singular)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        numbers(text).into_iter().map(|number| number.key).collect()
    }

    #[test]
    fn numbers_have_one_form() {
        let cases: &[(&str, &[&str])] = &[
            ("$5 or 5 USD or 5 dollars", &["5 USD", "5 USD", "5 USD"]),
            ("1,000 and 1000 and 1 000", &["1000", "1000", "1000"]),
            ("6,95 € and €6.95", &["6.95 EUR", "6.95 EUR"]),
            ("$85.00", &["85 USD"]),
            ("9 am, 9am, 9 a.m.", &["9 am", "9 am", "9 am"]),
            ("9:00", &["9:00"]),
            ("9 h 30 et 9h30", &["9:30", "9:30"]),
            ("de 9 a 17 h", &["9", "17 h"]),
            ("10% off", &["10 %"]),
            ("within five days", &["5"]),
            ("30-day", &["30"]),
            ("on Mondays", &["day 0"]),
            ("le lundi", &["day 0"]),
            ("el sábado o el sabado", &["day 5", "day 5"]),
            ("zwölf Tage", &["12"]),
            ("très bien", &[]),
            ("+1 202-555-0100", &["tel 12025550100"]),
        ];
        for (text, expected) in cases {
            assert_eq!(keys(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_price_is_not_a_bare_number() {
        assert!(!stands_in(&numbers("$5")[0], &numbers("5 days")));
        assert!(!stands_in(&numbers("5%")[0], &numbers("$5")));
        assert!(stands_in(&numbers("(202) 555-0100")[0], &numbers("call +1 202-555-0100")));
        assert!(!stands_in(&numbers("(202) 555-0199")[0], &numbers("call +1 202-555-0100")));
    }
}
