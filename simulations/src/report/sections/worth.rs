//! Money, gaps, sources.

use crate::report::data::Report;
use crate::report::money::{MONTH_DAYS, Money};
use crate::report::page::{OnPhone, escape, opens, opens_list, table, table_on, thousands};

/// Dollars and cents.
fn usd(value: f64) -> String {
    let cents = (value * 100.0).round();
    format!("${}.{:02}", thousands((cents / 100.0).trunc()), (cents % 100.0) as u32)
}

/// Per month: what it costs, what it saves, what others would ask.
pub fn money(report: &Report) -> String {
    let money = &report.money;
    let prices = &report.setup.prices;
    let rows = [
        ("tickets", thousands(money.tickets), "counted tickets, brought to a month".to_owned()),
        ("segments in", thousands(money.segments_in), format!("{} by the country table", usd(money.segments_in_usd))),
        (
            "segments out",
            thousands(money.segments_out),
            format!(
                "{} for the replies that would have gone out; drafts, sent as they are, would add {} for {}",
                usd(money.segments_out_usd),
                thousands(money.segments_drafted),
                usd(money.segments_drafted_usd)
            ),
        ),
        ("model tokens", thousands(money.model_tokens), model_note(money)),
        (
            "minutes of agents saved",
            thousands(money.minutes),
            format!(
                "{}: {} minutes a resolution at {} an hour (set both to yours)",
                usd(money.minutes_usd),
                prices.minutes_per_ticket,
                usd(prices.hour_usd)
            ),
        ),
        (
            "at a price per resolution",
            usd(money.per_resolution_usd),
            format!("{} each for the same {:.0} estimated resolutions", usd(prices.per_resolution_usd), money.resolved),
        ),
        ("at a price per ticket", usd(money.per_ticket_usd), format!("{} for every ticket, resolved or not", usd(prices.per_ticket_usd))),
        ("break-even", usd(money.break_even_per_resolution_usd), break_even_note(money)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, value, note)| vec![name.to_owned(), value, note]).collect();
    let waited = report.saved_s_median.map_or(String::new(), |seconds| {
        format!("<p>Customers who would have been replied to waited a median of {} for a person.</p>", duration(seconds))
    });
    format!(
        "<h2>Money, per month</h2><p class=\"small soft\">From {} of counted tickets. Segment prices are example list prices until you set your own in the policy.</p>{}{waited}",
        span(money.months),
        table(&["what", ">a month", "note"], &rows)
    )
}

fn break_even_note(money: &Money) -> String {
    if money.sums.resolved == 0 {
        return "nothing would have been resolved, so that no price would be earned back".to_owned();
    }
    format!(
        "per resolution: so much is it worth in agents’ minutes, less segments and model, and a higher price costs more than it saves; {} per ticket",
        usd(money.break_even_per_ticket_usd)
    )
}

fn model_note(money: &Money) -> String {
    let sums = &money.sums;
    if sums.model_asked == 0 {
        return "no model was asked: the local mind uses none".to_owned();
    }
    let failed = match sums.model_failed {
        0 => String::new(),
        failed => format!(
            "; about {} of them it gave an answer that could not be used, or none",
            opens_list(failed, "model-failed", "the model gave no usable answer")
        ),
    };
    let capped = match sums.model_capped {
        0 => String::new(),
        capped => format!(
            "; <span class=\"no\">a cap on spending was reached at {} of them</span>: raise it and run again with --again, what was answered is kept",
            opens_list(capped, "model-capped", "a cap on spending was reached")
        ),
    };
    format!(
        "{}: the model was asked about {} of {} tickets{failed}{capped}",
        usd(money.model_usd),
        opens_list(sums.model_asked, "model-asked", "the model was asked"),
        opens_list(sums.tickets, "counted", "counted")
    )
}

/// A number a month: whole ones from ten on.
pub fn a_month(number: f64) -> String {
    if number < 9.95 { format!("{number:.1}") } else { thousands(number) }
}

/// A short span is told in days.
fn span(months: f64) -> String {
    if months < 2.0 { format!("{:.0} days", (months * MONTH_DAYS).max(1.0)) } else { format!("{months:.1} months") }
}

fn duration(seconds: i64) -> String {
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds / 60),
        _ => format!("{:.1} hours", seconds as f64 / 3_600.0),
    }
}

/// What could not be answered.
pub fn gaps(report: &Report) -> String {
    if report.gaps.is_empty() {
        return "<h2>Gaps</h2><p>No two unanswered questions ask the same.</p>".to_owned();
    }
    let row = |gap: &crate::report::gaps::Gap| {
        let examples: String = gap.examples.iter().map(|example| format!("<div>{}</div>", escape(example))).collect();
        let answer = gap.answer.as_deref().map_or("<span class=\"soft\">nobody answered</span>".to_owned(), escape);
        vec![escape(&gap.intent), opens(&gap.count, &format!("gap: {}", gap.intent)), a_month(gap.per_month), examples, answer]
    };
    let rows: Vec<Vec<String>> = report.gaps.iter().map(row).collect();
    format!(
        "<h2>Gaps: what the knowledge does not answer</h2><p>Questions that were not answered, put together by what they ask. The human answer shows what a document should say.</p>{}",
        table(&["about", ">tickets", ">a month", "asked", "a human answered"], &rows)
    )
}

/// What won, what was to blame, what was never used, what contradicts.
pub fn sources(report: &Report) -> String {
    let row = |row: &crate::report::sources::SourceRow| {
        let label = |what: &str| format!("{}, {what}", row.source);
        vec![escape(&row.source), opens(&row.cited, &row.source), opens(&row.won, &label("right")), opens(&row.blamed, &label("wrong"))]
    };
    let rows: Vec<Vec<String>> = report.sources.iter().map(row).collect();
    let never = match report.never_used.len() {
        0 => String::new(),
        count => format!(
            "<h3>Never used</h3><p>{count} documents: no would-be reply rests on them.</p><p class=\"small\">{}</p>",
            escape(&report.never_used.iter().take(200).cloned().collect::<Vec<_>>().join(", "))
        ),
    };
    let says = |one: &crate::report::sources::Contradicting| {
        vec![escape(&one.one), escape(&one.one_says), escape(&one.other), escape(&one.other_says)]
    };
    let contradicting = match report.contradicting.is_empty() {
        true => String::new(),
        false => {
            let rows: Vec<Vec<String>> = report.contradicting.iter().map(says).collect();
            format!(
                "<h3>May say different things</h3><p>Passages about the same matter with other numbers or another yes and no. Where both are meant, nothing is to do; where one is out of date, take it out.</p>{}",
                table(&["here", "it says", "there", "it says"], &rows)
            )
        }
    };
    format!(
        "<h2>Sources</h2><p>What would-be replies rest on, and how they compare with the human answers.</p>{}{never}{contradicting}",
        table_on(OnPhone::Dense, &["source", ">cited", ">right", ">wrong"], &rows)
    )
}
