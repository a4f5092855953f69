//! The first sentence.

use crate::interval::Rate;
use crate::report::data::{Rung, Setup};
use crate::scorers::resolved::Definition;
use crate::statistics::prediction_powered::{Corrected, JudgeError};

/// Below so many tickets a share is shown as counts: percentages of a handful mislead.
pub const PERCENT_MIN: usize = 30;

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

/// The sentence on top of the page.
pub fn sentence(setup: &Setup, counted: usize, days: Option<(String, String)>, definition: Definition, resolved: &Rate) -> String {
    let Some((from, to)) = days else {
        return format!("No ticket of {} could be counted: see what was left out, and why.", setup.tickets_file);
    };
    let open = if setup.assumed_open { " if every intent might be answered" } else { "" };
    format!(
        "Of {counted} tickets from {from} to {to}, an estimated {} would have been resolved without a person{open}, at a dial of {} wrong per 100.",
        show(resolved),
        setup.dial,
    ) + &format!(" Resolved means: {}.", definition.name())
}

/// The sentence after it.
pub fn replies(replied: usize, wrong: &Rate) -> String {
    match (replied, wrong.of) {
        (0, _) => "No reply would have gone out.".to_owned(),
        (_, 0) => format!("Of its {replied} replies none can be judged."),
        (_, of) => {
            format!("Of its {replied} replies {of} can be judged, and {} of these were wrong: estimated {}.", wrong.count, show(wrong))
        }
    }
}

/// What labels make of it.
pub fn corrected(corrected: &Corrected) -> String {
    let judge = if corrected.automatic.is_some() { "The judge" } else { "The automatic comparison" };
    let beside = corrected.automatic.as_ref().map_or_else(String::new, |error| format!(" {}", errors("The automatic comparison", error)));
    format!(
        "By {} labels of a person, an estimated {:.1} % ({:.1} to {:.1} %) of the replies are right (prediction-powered). {}{beside}",
        corrected.labels,
        corrected.value * 100.0,
        corrected.low * 100.0,
        corrected.high * 100.0,
        errors(judge, &corrected.judge),
    )
}

fn errors(who: &str, error: &JudgeError) -> String {
    let counts = |rate: &Rate| format!("{} of {}", rate.count, rate.of);
    format!(
        "{who} called {} of the labelled replies right that were wrong, and {} wrong that were right.",
        counts(&error.wrongly_right),
        counts(&error.wrongly_wrong)
    )
}
