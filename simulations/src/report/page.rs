//! One page: no network, printable, readable on a phone. Every count opens the tickets behind it.

use crate::interval::Rate;
use crate::report::data::Report;
use crate::report::listing::{Count, Listing};
use crate::report::sections;
use crate::report::style::{SCRIPT, STYLE};
use crate::report::verdict::show;
use serde_json::json;

/// The page of a report.
pub fn page(report: &Report, listing: &Listing) -> String {
    let parts = [
        sections::opening::verdict(report),
        sections::opening::definitions(report),
        sections::opening::against(report),
        sections::opening::split(report),
        sections::quality::worst(report),
        sections::quality::curve(report),
        sections::quality::intents(report),
        sections::worth::money(report),
        sections::worth::gaps(report),
        sections::worth::sources(report),
        sections::ground::left_out(report),
        sections::ground::method(report),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\
         <title>Whimbrel simulation {}</title><style>{STYLE}</style></head><body><main>{}</main>\
         <dialog id=\"list\"><header><strong id=\"what\"></strong><button id=\"close\">close</button></header><div id=\"rows\"></div></dialog>\
         <noscript><p class=\"small soft\" style=\"padding:0 1rem\">Counts open their tickets where scripts run; all tickets are in tickets.jsonl beside this page.</p></noscript>\
         <script type=\"application/json\" id=\"tickets\">{}</script><script>{SCRIPT}</script></body></html>\n",
        escape(&report.setup.run),
        parts.concat(),
        tickets(listing),
    )
}

/// Entries and lists, places as steps from one to the next.
fn tickets(listing: &Listing) -> String {
    let entries: Vec<_> = listing
        .entries
        .iter()
        .map(|e| json!([e.ticket, e.day, e.did, e.why, e.intent, e.verdict, e.question, e.would_be, e.answer, e.rests_on, e.price]))
        .collect();
    let lists: serde_json::Map<String, serde_json::Value> = listing
        .lists
        .iter()
        .map(|(name, listed)| {
            let mut before = 0;
            let steps: Vec<u32> = listed.places.iter().map(|place| place - std::mem::replace(&mut before, *place)).collect();
            (name.clone(), json!([listed.count, steps]))
        })
        .collect();
    let whole = listing.tickets() == listing.entries.len();
    // A script element ends at `</`, whatever stands around it.
    json!({ "entries": entries, "lists": lists, "whole": whole }).to_string().replace('<', "\\u003c")
}

/// Text as HTML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A count that opens its tickets.
pub fn opens(count: &Count, label: &str) -> String {
    if count.count == 0 {
        return "0".to_owned();
    }
    format!(
        "<a class=\"n\" href=\"#list\" data-k=\"{}\" data-c=\"{}\" data-l=\"{}\">{}</a>",
        escape(&count.list),
        count.count,
        escape(label),
        thousands(count.count as f64)
    )
}

/// The same for a figure whose list has this name.
pub fn opens_list(count: usize, list: &str, label: &str) -> String {
    opens(&Count { list: list.to_owned(), count }, label)
}

/// A rate in a table: its interval may stand on a line of its own.
pub fn rated(rate: &Rate) -> String {
    let text = show(rate);
    match text.split_once(" (") {
        Some((value, interval)) => format!("<span><span class=\"v\">{value}</span> <span class=\"v soft\">({interval}</span></span>"),
        None => format!("<span class=\"v\">{text}</span>"),
    }
}

/// A whole number with commas.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if value <= -0.5 { format!("-{grouped}") } else { grouped }
}

/// How a table is shown on a phone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnPhone {
    /// As it is: few columns.
    Table,
    /// Every row becomes a small list.
    List,
    /// The same, two figures beside one another: many rows of many figures.
    Dense,
}

/// A table; cells are HTML. A header that starts with `>` is a column of numbers. On a phone every row of more than two columns becomes a
/// small list.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    table_on(if header.len() > 2 { OnPhone::List } else { OnPhone::Table }, header, rows)
}

/// The same, as it is to be shown on a phone.
pub fn table_on(phone: OnPhone, header: &[&str], rows: &[Vec<String>]) -> String {
    let kind = match phone {
        OnPhone::Table => "",
        OnPhone::List => " class=\"stack\"",
        OnPhone::Dense => " class=\"stack dense\"",
    };
    let is_number = |n: usize| header.get(n).is_some_and(|name| name.starts_with('>'));
    let name = |n: usize| header.get(n).map(|name| name.trim_start_matches('>')).unwrap_or_default();
    let class = |n: usize| if is_number(n) { " class=\"r\"" } else { "" };
    let head: String = (0..header.len()).map(|n| format!("<th{}>{}</th>", class(n), escape(name(n)))).collect();
    let body: String = rows
        .iter()
        .map(|row| {
            let cells: String =
                row.iter().enumerate().map(|(n, cell)| format!("<td{} data-l=\"{}\">{cell}</td>", class(n), escape(name(n)))).collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    format!("<div class=\"wide\"><table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::listing::Entry;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0.0, 999.0, 1_000.0, 1_234_567.4, -5.0].map(thousands), ["0", "999", "1,000", "1,234,567", "-5"]);
    }

    #[test]
    fn a_text_cannot_leave_its_script() {
        let mut listing = Listing::default();
        let place = listing.ticket(|| Entry { question: "</script><b>".to_owned(), ..Entry::default() });
        listing.list("a", place);
        assert!(!tickets(&listing).contains('<'));
        assert_eq!(escape("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
