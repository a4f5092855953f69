//! What does not count, and how it was done.

use crate::guard::LeakAudit;
use crate::report::data::{Mode, Report};
use crate::report::judging::Judging;
use crate::report::page::{escape, opens, opens_list, table, thousands};

/// What does not count, by reason.
pub fn left_out(report: &Report) -> String {
    let rows: Vec<Vec<String>> =
        report.left_out.iter().map(|part| vec![escape(part.what.sentence()), opens(&part.count, part.what.sentence())]).collect();
    let out: usize = report.left_out.iter().map(|part| part.count.count).sum();
    format!(
        "<h2>What does not count</h2><p>{} tickets were read: {} count, {} do not.</p>{}",
        opens_list(report.read, "read", "read"),
        opens(&report.counted, "counted"),
        opens_list(out, "left-out", "not counted"),
        table(&["why", ">tickets"], &rows)
    )
}

/// How it was done, and what stands against it.
pub fn method(report: &Report) -> String {
    let setup = &report.setup;
    let audit = &report.audit;
    let documents = match setup.mode {
        Mode::AsItWas => format!("Documents are those that held when the question came ({}).", escape(&setup.documents_from)),
        Mode::DocumentsOfToday => "Documents are today's, whenever they were written: an answer that was written because of a ticket helps that ticket. Past tickets stay in the past.".to_owned(),
    };
    let open = if setup.assumed_open {
        " No policy names ceilings, so that every intent but those that belong to a person was replayed as if it might be answered."
    } else {
        ""
    };
    let flips = match setup.repeats {
        0 | 1 => String::new(),
        repeats => format!(
            " Decided {repeats} times, {} of {} came out otherwise at least once: {}.",
            opens_list(report.flipped.count, "flipped", "came out otherwise"),
            opens(&report.counted, "counted"),
            escape(&crate::report::verdict::show(&report.flipped))
        ),
    };
    let model = setup.model.as_ref().map_or_else(String::new, |model| format!(", {}", escape(&model.name)));
    let judge = report.judging.as_ref().map_or_else(String::new, judging);
    let paragraphs = [
        format!("Every ticket was decided again by the same code that runs live, oldest first, in {} blocks of equal size. Before each block, intents were learned from the newest {} labelled tickets before it, the index was given the newest {} past tickets before it, and the gate was calibrated on the would-be replies of the blocks before it. The first block is only learned from; then the gate is calibrated until it has seen enough.", setup.blocks, thousands(setup.examples_max as f64), thousands(setup.history_max as f64)),
        format!("{documents} A ticket never sees itself, what the same customer asked before in nearly the same words, or a copy of itself under another id: {} conversations have such twins.{open}", opens_list(report.twins, "twins", "have twins")),
        format!("Leak audit: {} questions to the knowledge brought {} passages; {} of a ticket's own were taken out. Passages younger than their ticket: {}. A ticket's own answer: {}. Of unknown origin: {}. {}", thousands(audit.queries as f64), thousands(audit.passages as f64), audit.shut_out, audit.younger, audit.own, audit.unknown, canaries(audit)),
        format!("A would-be reply says the same as the human when they share their words and no number stands against another; it is compatible when it is near in meaning or rests on a document that the human answer leads to; everything else that can be compared counts as contradicting, and as wrong. This is strict: a right answer in other words may be called wrong. `whimbrel simulate label` lets a person mark a random sample, and corrects the figure by it.{judge}"),
        "Intervals are 95 % Wilson intervals in which tickets of one customer count together. Below 30 tickets counts are shown in the place of percentages. The greeting of an agent (“how can I help?”) is left out of the conversation that is decided, for Whimbrel waits for the question.".to_owned(),
        format!("Run {} · {}{model} · seed {} · policy {} · embedder {} · whimbrel {}. The same input gives the same bytes.{flips}", escape(&setup.run), setup.mind.sentence(), setup.seed, escape(&setup.policy), escape(&setup.embedder), escape(&setup.program)),
    ];
    let paragraphs: String = paragraphs.iter().map(|text| format!("<p class=\"small\">{text}</p>")).collect();
    format!("<h2>How it was done</h2>{paragraphs}")
}

/// What came of the planted answers.
fn canaries(audit: &LeakAudit) -> String {
    if audit.canaries == 0 {
        return "No answer could be planted: none of the last tickets was answered by a person.".to_owned();
    }
    let found = match audit.canaries_findable {
        0 => "<span class=\"no\">none could be found by a later stranger either, so that this shows nothing</span>".to_owned(),
        some => format!("a later stranger found those of {some}, which shows that they can be found"),
    };
    format!(
        "Planted answers: {} for {} tickets; retrieved by their own ticket: {}; {found}.",
        audit.canaries, audit.canary_tickets, audit.canaries_retrieved
    )
}

fn judging(judging: &Judging) -> String {
    let failed = match judging.failed {
        0 => String::new(),
        failed => format!(
            " About {} of them it gave no usable answer, and the automatic comparison stands.",
            opens_list(failed, "judge-failed", "the judge gave no usable answer")
        ),
    };
    format!(
        " Here a language model, told what the human had answered, judged {} would-be replies, its reason before its verdict, and its verdict is the one that counts: {} agree with the automatic comparison ({}), {} are milder, {} stricter.{failed} Its errors are measured by labels.",
        opens_list(judging.asked, "judge-asked", "judged by the language model"),
        opens_list(judging.agreed.count, "judge-agreed", "the judge agrees with the automatic comparison"),
        escape(&crate::report::verdict::show(&judging.agreed)),
        opens_list(judging.milder, "judge-milder", "the judge is milder"),
        opens_list(judging.stricter, "judge-stricter", "the judge is stricter")
    )
}
