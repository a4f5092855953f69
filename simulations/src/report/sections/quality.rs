//! The worst replies, the coverage curve, the intents.

use crate::report::curve;
use crate::report::data::{Report, Slice};
use crate::report::page::{OnPhone, escape, opens, opens_list, rated, table, table_on};
use crate::report::worst::Worst;
use crate::statistics::dial::Recommendation;

/// The worst would-be replies first.
pub fn worst(report: &Report) -> String {
    if report.worst.is_empty() {
        return "<h2>The worst would-be replies</h2><p>None of the would-be replies that can be judged was wrong.</p>".to_owned();
    }
    let item = |worst: &Worst| {
        let sent = if worst.sent { "would have gone out" } else { "was kept back" };
        let alike = match worst.alike.count {
            0 | 1 => String::new(),
            _ => {
                format!("<p class=\"small soft\">{} in all would have got these words.</p>", opens(&worst.alike, "the same would-be reply"))
            }
        };
        let class = if worst.sent { "" } else { " class=\"kept\"" };
        format!(
            "<li{class}><p class=\"small soft\">{} · {sent} · {} · {} · {}</p><dl><dt>asked</dt><dd>{}</dd><dt>would-be reply</dt><dd>{}</dd><dt>human answer</dt><dd>{}</dd></dl>{alike}</li>",
            escape(&worst.ticket),
            escape(worst.verdict.words()),
            gate_said(worst),
            seen_as(&worst.intent, &worst.human_intent),
            escape(&worst.question),
            escape(&worst.would_be),
            escape(&worst.answer)
        )
    };
    let sent = report.worst.iter().filter(|worst| worst.sent).count();
    let note = match sent {
        0 => "None of these would have gone out: the dial or a ceiling kept them back.".to_owned(),
        sent if sent < report.worst.len() => format!("{sent} of these would have gone out; the others were kept back."),
        _ => "All of these would have gone out.".to_owned(),
    };
    let items: String = report.worst.iter().map(item).collect();
    format!(
        "<h2>The worst would-be replies</h2><p>Unsafe before wrong, the surest first; the same words about the same intent once. {note}</p><ol class=\"worst\">{items}</ol>"
    )
}

fn gate_said(worst: &Worst) -> String {
    match worst.calibrated {
        true => format!("the gate said {:.1} wrong per 100", worst.wrong_per_100),
        false => "the gate was not calibrated yet".to_owned(),
    }
}

/// The intent that was seen, and what people said that it was about.
fn seen_as(intent: &str, human: &str) -> String {
    match human {
        "" => format!("seen as {}", escape(intent)),
        same if same == intent => format!("seen as {}, as people said", escape(intent)),
        other => format!("seen as {}, people said {}", escape(intent), escape(other)),
    }
}

/// The curve over the dial, and the dial that was confirmed.
pub fn curve(report: &Report) -> String {
    let rows: Vec<Vec<String>> =
        report.curve.iter().map(|point| vec![point.dial.to_string(), rated(&point.replied), rated(&point.wrong)]).collect();
    let slice = |slice: &Option<Slice>, name: &str| {
        slice.as_ref().map_or("nothing".to_owned(), |slice| {
            let tickets = opens_list(slice.tickets, &format!("slice-{name}"), &format!("counted in the {name} slice"));
            format!("{} to {} ({tickets} tickets)", slice.from.strftime("%Y-%m-%d %H:%M"), slice.to.strftime("%Y-%m-%d %H:%M"))
        })
    };
    format!(
        "<h2>The dial: how much, and how wrong</h2>{}<div class=\"key\"><span><i style=\"background:var(--good)\"></i>share of all tickets replied to</span><span><i style=\"background:var(--bad)\"></i>share of these replies that were wrong</span></div><p>{}</p><p class=\"small soft\">Chosen on {}; tried once on {}. The bound is exact (Clopper and Pearson) and holds with 95 % confidence for replies like those of the second slice. A gate's promise counts tickets one by one; where one customer writes often, the bound is a little too sure.</p><details><summary>the curve in numbers</summary>{}</details>",
        curve::curve(&report.curve, report.setup.dial),
        recommendation(&report.dial),
        slice(&report.chosen_on, "first"),
        slice(&report.confirmed_on, "second"),
        table(&[">wrong per 100", ">replied", ">wrong among judged replies"], &rows)
    )
}

/// How many judged replies of a slice a recommendation rests on, and how many of them were wrong, each with its tickets.
fn seen(dial: &Recommendation, name: &str, is_second: bool) -> (String, String) {
    let (slice, tried) = if is_second { ("second", dial.confirmed_on) } else { ("first", dial.chosen_on) };
    let what = format!("{slice} slice, the gate says {} wrong per 100 at most", dial.setting());
    let wrong = opens_list(tried.wrong, &format!("{name}-{slice}-wrong"), &format!("wrong; {what}"));
    (wrong, opens_list(tried.replies, &format!("{name}-{slice}"), &what))
}

/// A recommendation in words, as HTML.
fn recommendation(dial: &Recommendation) -> String {
    let Some(setting) = dial.dial else {
        let (wrong, replies) = seen(dial, "dial", false);
        return format!(
            "No setting of the dial kept {} wrong per 100 with 95&nbsp;% confidence on the first slice ({wrong} wrong of {replies} judged replies at that setting). Without a single wrong one, {} judged replies would be enough.",
            dial.promise_per_100, dial.needed
        );
    };
    let (wrong, replies) = seen(dial, "dial", true);
    let kept = if dial.confirmed { "The promise was kept" } else { "The promise was not confirmed" };
    format!(
        "{kept}: at a dial of {setting}, chosen for at most {} wrong per 100, {wrong} of {replies} judged replies of the next slice were wrong, which is at most {:.1} of 100 with 95&nbsp;% confidence.",
        dial.promise_per_100, dial.at_most_per_100
    )
}

/// The intents, the most frequent first.
pub fn intents(report: &Report) -> String {
    let row = |row: &crate::report::intents::IntentRow| {
        let name = format!("intent-{}-dial", row.intent);
        let (wrong, replies) = seen(&row.dial, &name, row.dial.dial.is_some());
        let dial = match (row.dial.confirmed, row.dial.dial) {
            (true, Some(dial)) => {
                format!("<span class=\"ok\">{dial}</span>, at most {:.1} of 100 ({wrong} wrong of {replies})", row.dial.at_most_per_100)
            }
            (false, Some(dial)) => format!("{dial} not confirmed: {wrong} wrong of {replies}"),
            (_, None) if row.dial.chosen_on.replies == 0 => "<span class=\"soft\">no reply to judge</span>".to_owned(),
            (_, None) => format!("<span class=\"soft\">none shown: {wrong} wrong of {replies}</span>"),
        };
        let label = |what: &str| format!("{}, {what}", row.intent);
        vec![
            escape(&row.intent),
            opens(&row.tickets, &row.intent),
            opens(&row.replied, &label("replied")),
            opens(&row.drafted, &label("drafted")),
            opens(&row.escalated, &label("left to a person")),
            opens(&row.wrong_replies, &label("wrong replies")),
            rated(&row.right),
            format!("{:.0}", row.minutes),
            dial,
        ]
    };
    let rows: Vec<Vec<String>> = report.intents.iter().map(row).collect();
    let header = [
        "intent as seen",
        ">tickets",
        ">replied",
        ">drafted",
        ">to a person",
        ">wrong replies",
        ">intent right",
        ">minutes saved",
        "dial (95\u{a0}% sure)",
    ];
    let tried = report.intents.iter().map(|row| row.dial.tried_together).max().unwrap_or(0);
    let note = match tried {
        0 => "No intent has a setting of its own that kept its promise on the first slice.".to_owned(),
        1 => "One intent had a setting to try on the second slice.".to_owned(),
        _ => format!(
            "{tried} intents had a setting to try on the second slice. The 95 % hold for all of them together (Holm): with that confidence none of the confirmed promises is broken."
        ),
    };
    format!("<h2>Intents</h2>{}<p class=\"small soft\">{note}</p>", table_on(OnPhone::Dense, &header, &rows))
}
