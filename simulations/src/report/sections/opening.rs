//! The verdict, the split, the definitions side by side.

use crate::difference::Turned;
use crate::report::collect::name_of;
use crate::report::curve;
use crate::report::data::{Mode, Report};
use crate::report::page::{escape, opens, table, thousands};
use crate::report::verdict::{corrected, show};
use crate::scorers::reply::Verdict;

/// The first sentence and its cards.
pub fn verdict(report: &Report) -> String {
    let setup = &report.setup;
    let mode = match setup.mode {
        Mode::AsItWas => "documents as they were",
        Mode::DocumentsOfToday => "with today's documents",
    };
    let audit = match report.audit.is_clean() {
        true => "<span class=\"ok\">leak audit passed</span>".to_owned(),
        false => format!("<span class=\"no\">leak audit FAILED: {}</span>", escape(&report.audit.faults.join("; "))),
    };
    let labels = report.headline.corrected.as_ref().map_or(String::new(), |by| format!("<p>{}</p>", escape(&corrected(by))));
    let replied = report.split.first().map(|part| opens(&part.count, part.what.word())).unwrap_or_default();
    let hours = report.money.minutes / 60.0;
    let cards = [
        (opens(&report.counted, "counted"), format!("tickets counted of {} read", thousands(report.read as f64))),
        (replied, "would have been replied to".to_owned()),
        (opens(&report.headline.wrong_replies, "wrong or unsafe replies"), "of these wrong or unsafe".to_owned()),
        (format!("{hours:.1} h"), "of agents saved a month, estimated".to_owned()),
    ];
    let cards: String =
        cards.iter().map(|(number, words)| format!("<div class=\"card\"><b>{number}</b><span>{}</span></div>", escape(words))).collect();
    format!(
        "<header><p class=\"kind\">Whimbrel simulation {} · {} · {mode} · {audit}</p><h1>{}</h1><p>{}</p></header>{labels}<div class=\"cards\">{cards}</div>",
        escape(&setup.run),
        escape(&setup.tickets_file),
        unbroken(&report.headline.sentence),
        unbroken(&report.headline.replies)
    )
}

/// Text whose numbers stay with their per cent signs.
fn unbroken(text: &str) -> String {
    escape(text).replace(" %", "&nbsp;%")
}

/// Against another run.
pub fn against(report: &Report) -> String {
    let Some(difference) = &report.against else { return String::new() };
    let rows: Vec<Vec<String>> = difference
        .examples
        .iter()
        .map(|example| {
            let turned = match example.turned {
                Turned::Better => "<span class=\"ok\">better</span>",
                Turned::Worse => "<span class=\"no\">worse</span>",
                Turned::Same => "same",
            };
            let replies =
                format!("{}<br><span class=\"soft\">before:</span> {}", escape(&example.would_be_now), escape(&example.would_be_before));
            vec![escape(&example.question), turned.to_owned(), format!("{} → {}", escape(&example.before), escape(&example.now)), replies]
        })
        .collect();
    format!(
        "<h2>Against run {}</h2><p>Of {} tickets that count in both: {} come out better, {} worse, {} the same. Replies went from {} to {}; {} are newly wrong, {} no longer, {} newly unsafe. Were nothing worse, so many newly wrong ones would come by chance with probability {:.2}.</p>{}",
        escape(&difference.before),
        thousands(difference.common as f64),
        thousands(difference.better as f64),
        thousands(difference.worse as f64),
        thousands(difference.same as f64),
        thousands(difference.replies[0] as f64),
        thousands(difference.replies[1] as f64),
        difference.newly_wrong,
        difference.no_longer_wrong,
        difference.newly_unsafe,
        difference.harm_p,
        table(&["asked", "came out", "before and now", "would-be reply"], &rows)
    )
}

/// What would have been done, and why.
pub fn split(report: &Report) -> String {
    let key: String = report
        .split
        .iter()
        .map(|part| {
            format!(
                "<span><i style=\"background:{}\"></i>{} {}</span>",
                curve::colour(part.what),
                escape(part.what.word()),
                opens(&part.count, part.what.word())
            )
        })
        .collect();
    let rows: Vec<Vec<String>> =
        report.reasons.iter().map(|reason| vec![escape(&reason.sentence), opens(&reason.count, &reason.sentence)]).collect();
    let verdicts = |parts: &[crate::report::data::Part<Verdict>], side: &str| -> Vec<Vec<String>> {
        let row = |part: &crate::report::data::Part<Verdict>| {
            vec![escape(part.what.words()), opens(&part.count, &format!("{side}, {}", part.what.words())), show(&part.rate)]
        };
        parts.iter().filter(|part| part.count.count > 0).map(row).collect()
    };
    let must = match report.must_escalate.of {
        0 => String::new(),
        _ => format!(
            "<p>Tickets that people said belong to a person: {} were left to one; {} would have been replied to.</p>",
            show(&report.must_escalate),
            opens(&report.must_escalate_missed, "belong to a person and would have been replied to")
        ),
    };
    let replies = verdicts(&report.replies, "replied");
    let replies = if replies.is_empty() {
        String::new()
    } else {
        format!(
            "<h3>Replies that would have gone out</h3>{}",
            table(&["compared with the human", ">tickets", ">share of replies"], &replies)
        )
    };
    format!(
        "<h2>What would have been done</h2>{}<div class=\"key\">{key}</div>{must}{replies}<h3>Would-be replies that were kept back</h3>{}<h3>Why</h3>{}<p class=\"small soft\">The intent was right in {} of the tickets whose intent people had named.</p>",
        curve::split(&report.split),
        table(&["compared with the human", ">tickets", ">share of these"], &verdicts(&report.kept_back, "kept back")),
        table(&["reason", ">tickets"], &rows),
        show(&report.intent_right)
    )
}

/// One replay, several definitions.
pub fn definitions(report: &Report) -> String {
    let row = |rung: &crate::report::data::Rung| {
        let is_headline = rung.definition == report.headline.definition;
        let name =
            if is_headline { format!("<strong>{}</strong>", escape(rung.definition.name())) } else { escape(rung.definition.name()) };
        let rate = rung
            .not_measured
            .as_ref()
            .map_or_else(|| show(&rung.rate), |why| format!("<span class=\"soft\">not measured: {}</span>", escape(why)));
        vec![name, opens(&rung.count, rung.definition.name()), rate, escape(rung.definition.sentence())]
    };
    let rows: Vec<Vec<String>> = report.definitions.iter().map(row).collect();
    format!(
        "<h2 id=\"{}\">One replay, several meanings of “resolved”</h2><p>All are estimated: in a replay no customer reads the reply, so what they did after the human answer stands for it. The headline is the lowest that the data supports.</p>{}",
        name_of(&report.headline.definition),
        table(&["definition", ">tickets", ">estimated share", "counts when"], &rows)
    )
}
