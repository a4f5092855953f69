//! The verdict, the split, the definitions side by side.

use crate::difference::Turned;
use crate::report::collect::name_of;
use crate::report::curve;
use crate::report::data::{Mode, Report};
use crate::report::page::{OnPhone, escape, opens, opens_list, rated, table, table_on};
use crate::report::sections::worth::a_month;
use crate::report::verdict::{corrected, replies, sentence, show};
use crate::scorers::action::Did;
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
    let labels = report.headline.corrected.as_ref().map_or(String::new(), |by| format!("<p>{}</p>", unbroken(&escape(&corrected(by)))));
    let replied = report.split.first().map(|part| opens(&part.count, part.what.word())).unwrap_or_default();
    let hours = report.money.minutes / 60.0;
    let cards = [
        (opens(&report.counted, "counted"), format!("tickets counted of {} read", opens_list(report.read, "read", "read"))),
        (replied, "would have been replied to".to_owned()),
        (opens(&report.headline.wrong_replies, "wrong or unsafe replies"), "of these wrong or unsafe".to_owned()),
        (format!("{hours:.1} h"), "of agents’ time saved a month, estimated".to_owned()),
    ];
    let cards: String =
        cards.iter().map(|(number, words)| format!("<div class=\"card\"><b>{number}</b><span>{words}</span></div>")).collect();
    format!(
        "<header><p class=\"kind\">Whimbrel simulation {} · {} · {mode} · {audit}</p><h1>{}</h1><p>{}</p></header>{labels}<div class=\"cards\">{cards}</div>{}",
        escape(&setup.run),
        escape(&setup.tickets_file),
        unbroken(&sentence(setup, &report.headline, report.span, report.counted.count, linked)),
        unbroken(&replies(replies_count(report), &report.headline.wrong, linked)),
        next(report)
    )
}

/// A count of the first sentences that opens its list.
fn linked(count: usize, list: &str) -> String {
    let label = match list {
        "counted" => "counted",
        "did-reply" => "replied",
        "judged-replies" => "replies that can be judged",
        _ => "wrong or unsafe replies",
    };
    opens_list(count, list, label)
}

fn replies_count(report: &Report) -> usize {
    report.split.iter().find(|part| part.what == Did::Reply).map_or(0, |part| part.count.count)
}

/// What to do next, the most pressing first.
fn next(report: &Report) -> String {
    let mut steps = Vec::new();
    if report.names_no_intent() {
        steps.push(
            "No ticket says what it was about, so that nothing could be learned or compared: name where that stands with <code>--column intent=…</code>, or tag the tickets."
                .to_owned(),
        );
    }
    if report.must_escalate_missed.count > 0 {
        steps.push(format!(
            "Look first at {} that belong to a person and would have been replied to.",
            opens(&report.must_escalate_missed, "belong to a person and would have been replied to")
        ));
    }
    let confirmed = report.intents.iter().filter(|row| row.dial.confirmed).count();
    match confirmed {
        0 => steps.push(format!(
            "No intent has earned a dial of its own yet: keep drafting, and simulate again with more history ({} judged replies without a wrong one confirm {} wrong per 100).",
            report.dial.needed, report.dial.promise_per_100
        )),
        _ => steps.push(format!("Intents that have earned a dial: {confirmed}. <code>whimbrel simulate apply</code> shows the change of the policy.")),
    }
    if let Some(gap) = report.gaps.first() {
        steps.push(format!(
            "Write down an answer about {}: {} asked for it, {} a month. <code>whimbrel simulate gaps --out drafts</code> makes drafts of the human answers.",
            escape(&gap.intent),
            opens(&gap.count, &format!("gap: {}", gap.intent)),
            a_month(gap.per_month)
        ));
    }
    if report.headline.corrected.is_none() && report.headline.wrong.of > 0 {
        steps.push(
            "Let somebody mark a sample right or wrong: <code>whimbrel simulate label</code> corrects these figures by it.".to_owned(),
        );
    }
    let steps: String = steps.iter().map(|step| format!("<li>{step}</li>")).collect();
    format!("<h3>What to do next</h3><ul class=\"next\">{steps}</ul>")
}

/// HTML whose numbers stay with their per cent signs.
fn unbroken(html: &str) -> String {
    html.replace(" %", "&nbsp;%")
}

/// Against another run.
pub fn against(report: &Report) -> String {
    let Some(difference) = &report.against else { return String::new() };
    let chance = match difference.newly_wrong {
        0 => String::new(),
        _ => format!(" Were nothing worse, so many newly wrong ones would come by chance with probability {:.2}.", difference.harm_p),
    };
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
        "<h2>Against run {}</h2><p>Of {} tickets that count in both: {} come out better, {} worse, {} the same. Replies went from {} to {}; {} are newly wrong, {} no longer, {} newly unsafe.{}</p>{}",
        escape(&difference.before),
        opens_list(difference.common, "against-common", "count in both runs"),
        opens_list(difference.better, "against-better", "come out better"),
        opens_list(difference.worse, "against-worse", "come out worse"),
        opens_list(difference.same, "against-same", "come out the same"),
        opens_list(difference.replies[0], "against-replied-before", "replied to before"),
        opens_list(difference.replies[1], "against-replied-now", "replied to now"),
        opens_list(difference.newly_wrong, "against-newly-wrong", "newly wrong"),
        opens_list(difference.no_longer_wrong, "against-no-longer-wrong", "no longer wrong"),
        opens_list(difference.newly_unsafe, "against-newly-unsafe", "newly unsafe"),
        chance,
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
            vec![escape(part.what.words()), opens(&part.count, &format!("{side}, {}", part.what.words())), rated(&part.rate)]
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
        let is_headline = rung.definition == report.headline.definition && report.headline.corrected.is_none();
        let name =
            if is_headline { format!("<strong>{}</strong>", escape(rung.definition.name())) } else { escape(rung.definition.name()) };
        let (rate, note) = match &rung.not_measured {
            None => (rated(&rung.rate), String::new()),
            Some(why) => ("not measured".to_owned(), format!(" ({})", escape(why))),
        };
        let name = format!("{name}<div class=\"small soft\">{}{note}</div>", escape(rung.definition.sentence()));
        vec![name, opens(&rung.count, rung.definition.name()), rate]
    };
    let mut rows: Vec<Vec<String>> = report.definitions.iter().map(row).collect();
    if let Some(by) = &report.headline.corrected {
        rows.push(vec![
            format!(
                "<strong>{}, and right</strong><div class=\"small soft\">the same, and the reply is right by {} labels of a person (prediction-powered)</div>",
                escape(report.headline.definition.name()),
                by.labels
            ),
            String::new(),
            rated(&report.headline.resolved),
        ]);
    }
    format!(
        "<h3 id=\"{}\">One replay, several meanings of “resolved”</h3><p>All are estimated: in a replay no customer reads the reply, so what they did after the human answer stands for it. The headline is the lowest that the data supports.</p>{}",
        name_of(&report.headline.definition),
        table_on(OnPhone::Table, &["definition", ">tickets", ">estimated share"], &rows)
    )
}
