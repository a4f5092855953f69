//! The first sentence.

use crate::interval::Rate;
use crate::report::data::{Headline, Rung, Setup, Slice};
use crate::statistics::prediction_powered::{Corrected, JudgeError};
use jiff::Timestamp;
use triage::decision::Reason;

/// Below so many tickets a share is shown as counts: percentages of a handful mislead.
pub const PERCENT_MIN: usize = 30;

/// Why a ticket of a run was decided so. What a worker's operator is told to do may not fit a replay.
pub fn why(reason: &Reason) -> &'static str {
    if *reason == Reason::NotCalibrated { "the gate had not seen enough tickets yet to be calibrated" } else { reason.sentence() }
}

/// A rate as people read it: with its interval, or as counts when there are few.
pub fn show(rate: &Rate) -> String {
    match rate.of {
        0 => "none to judge".to_owned(),
        of if of < PERCENT_MIN => format!("{} of {of}", rate.count),
        _ => format!("{:.1} % ({:.1} to {:.1} %)", rate.value() * 100.0, rate.low * 100.0, rate.high * 100.0),
    }
}

/// The lowest rung that the data supports; of equals the strictest.
pub fn lowest(definitions: &[Rung]) -> Option<&Rung> {
    let supported = definitions.iter().rev().filter(|rung| rung.not_measured.is_none());
    supported.min_by_key(|rung| rung.count.count)
}

/// The sentence on top of the page. `write` writes a count, of which the name of its list is told.
pub fn sentence(setup: &Setup, headline: &Headline, span: Option<Slice>, counted: usize, write: impl Fn(usize, &str) -> String) -> String {
    let Some(span) = span else {
        return "No ticket could be counted: see what was left out, and why.".to_owned();
    };
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let open = if setup.assumed_open { " if every intent might be answered" } else { "" };
    let definition = headline.definition.name();
    let means = headline.corrected.as_ref().map_or_else(
        || format!("Resolved means: {definition}."),
        |by| format!("Resolved means: {definition}, and the reply is right, by {} labels of a person (prediction-powered).", by.labels),
    );
    format!(
        "Of {} tickets from {} to {}, an estimated {} would have been resolved without a person{open}, at a dial of {} wrong per 100. {means}",
        write(counted, "counted"),
        day(span.from),
        day(span.to),
        show(&headline.resolved),
        setup.dial,
    )
}

/// The sentence after it.
pub fn replies(replied: usize, wrong: &Rate, write: impl Fn(usize, &str) -> String) -> String {
    let all = || write(replied, "did-reply");
    let (judged, mistaken) = (|| write(wrong.of, "judged-replies"), || write(wrong.count, "wrong-replies"));
    match (replied, wrong.of) {
        (0, _) => "No reply would have gone out.".to_owned(),
        (_, 0) => format!("Of its {} replies none can be judged.", all()),
        (1, _) => {
            let how = if wrong.count == 0 { "right" } else { "wrong" };
            format!("{} reply would have gone out: it was {how}.", all())
        }
        (_, of) if of < PERCENT_MIN => format!(
            "Of its {} replies {} can be judged, and {} of these were wrong: too few to make a percentage of.",
            all(),
            judged(),
            mistaken()
        ),
        _ => format!(
            "Of its {} replies {} can be judged, and {} of these were wrong: estimated {}.",
            all(),
            judged(),
            mistaken(),
            show(wrong)
        ),
    }
}

/// What labels make of it.
pub fn corrected(corrected: &Corrected) -> String {
    let judge = if corrected.automatic.is_some() { "The judge" } else { "The automatic comparison" };
    let beside = corrected.automatic.as_ref().map_or_else(String::new, |error| format!(" {}", errors("The automatic comparison", error)));
    format!(
        "By {} labels of a person, an estimated {:.1} % ({:.1} to {:.1} %) of the replies are right (prediction-powered). {}{beside}",
        corrected.labels,
        corrected.right.value * 100.0,
        corrected.right.low * 100.0,
        corrected.right.high * 100.0,
        errors(judge, &corrected.judge),
    )
}

fn errors(who: &str, error: &JudgeError) -> String {
    let (right, wrong) = (&error.wrongly_right, &error.wrongly_wrong);
    format!(
        "{who} called {} of the labelled replies right, of which {} wrong, and {} wrong, of which {} right.",
        right.of,
        were(right.count),
        wrong.of,
        were(wrong.count)
    )
}

fn were(count: usize) -> String {
    if count == 1 { "1 was".to_owned() } else { format!("{count} were") }
}
