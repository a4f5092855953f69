//! Charts as pictures with text beside them: no script, no font, printable.

use crate::report::data::Part;
use crate::report::page::escape;
use crate::scorers::action::Did;
use crate::statistics::dial::Point;
use std::fmt::Write;

/// Width of the pictures, in their own units.
const WIDTH: f64 = 720.0;
/// Height of the curve.
const HEIGHT: f64 = 300.0;
/// Room for the numbers on the left, on the right and below.
const LEFT: f64 = 84.0;
const RIGHT: f64 = 24.0;
const BELOW: f64 = 58.0;
const ABOVE: f64 = 16.0;

/// The colour of each part of the split.
pub fn colour(did: Did) -> &'static str {
    match did {
        Did::Reply => "var(--good)",
        Did::Draft => "var(--mild)",
        Did::Tag => "var(--tag)",
        Did::Escalate => "var(--unsure)",
        Did::DoNotTouch => "#6f7985",
    }
}

/// The split as one bar.
pub fn split(parts: &[Part<Did>]) -> String {
    let words: Vec<String> = parts.iter().map(|part| format!("{} {:.1} %", part.what.word(), part.rate.value() * 100.0)).collect();
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} 34\" role=\"img\" aria-label=\"{}\">", escape(&words.join(", ")));
    let mut x = 0.0;
    for part in parts {
        let width = part.rate.value() * WIDTH;
        let _infallible = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"0\" width=\"{width:.1}\" height=\"34\" fill=\"{}\"><title>{}</title></rect>",
            colour(part.what),
            escape(part.what.word())
        );
        x += width;
    }
    svg.push_str("</svg>");
    svg
}

/// The coverage curve: how much would be replied to, and how much of that was wrong, at every setting of the dial.
pub fn curve(points: &[Point], dial: f64) -> String {
    let top = points.iter().flat_map(|point| [point.replied.value(), if point.wrong.of > 0 { point.wrong.value() } else { 0.0 }]);
    // Four steps of whole percents.
    let top = (top.fold(0.06, f64::max) * 25.0 + 0.5).ceil() / 25.0;
    let last = points.last().map_or(1.0, |point| point.dial);
    // The dial is read on a scale that gives the small settings room.
    let x = |dial: f64| LEFT + (WIDTH - LEFT - RIGHT) * ((1.0 + dial).ln() / (1.0 + last).ln());
    let y = |share: f64| ABOVE + (HEIGHT - ABOVE - BELOW) * (1.0 - (share / top).min(1.0));
    let said: Vec<String> = points
        .iter()
        .map(|point| {
            format!(
                "at {} wrong per 100: {:.1} % replied, {:.1} % of these wrong",
                point.dial,
                point.replied.value() * 100.0,
                point.wrong.value() * 100.0
            )
        })
        .collect();
    let is_left = x(dial) < WIDTH * 0.6;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Coverage curve. {}\" fill=\"var(--soft)\">",
        escape(&said.join("; "))
    );
    for step in 0..=4 {
        let share = top * f64::from(step) / 4.0;
        let _infallible = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.0}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"var(--line)\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{} %</text>",
            WIDTH - RIGHT,
            y(share),
            y(share),
            LEFT - 6.0,
            y(share) + 4.0,
            (share * 100.0).round()
        );
    }
    for point in points.iter().filter(|point| [1.0, 2.0, 5.0, 10.0, 20.0, 50.0].contains(&point.dial)) {
        let _infallible =
            write!(svg, "<text x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>", x(point.dial), HEIGHT - BELOW + 22.0, point.dial);
    }
    let _infallible = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">the dial: wrong per 100</text><line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{ABOVE}\" y2=\"{:.0}\" stroke=\"var(--ink)\" stroke-dasharray=\"3 4\"/><text x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"{}\" fill=\"var(--ink)\">today: {dial}</text>",
        WIDTH / 2.0,
        HEIGHT - 6.0,
        x(dial),
        x(dial),
        HEIGHT - BELOW,
        x(dial) + if is_left { 5.0 } else { -5.0 },
        ABOVE + 10.0,
        if is_left { "start" } else { "end" }
    );
    band(&mut svg, points, "var(--good)", &x, &y, |point| (point.replied.low, point.replied.value(), point.replied.high, true));
    band(&mut svg, points, "var(--bad)", &x, &y, |point| (point.wrong.low, point.wrong.value(), point.wrong.high, point.wrong.of > 0));
    svg.push_str("</svg>");
    svg
}

/// A line with the interval around it.
fn band(
    svg: &mut String,
    points: &[Point],
    colour: &str,
    x: &impl Fn(f64) -> f64,
    y: &impl Fn(f64) -> f64,
    of: impl Fn(&Point) -> (f64, f64, f64, bool),
) {
    let known: Vec<(f64, (f64, f64, f64, bool))> =
        points.iter().map(|point| (point.dial, of(point))).filter(|(_, values)| values.3).collect();
    let coordinates = |pick: fn(&(f64, f64, f64, bool)) -> f64| known.iter().map(move |(dial, values)| (*dial, pick(values)));
    let upper = coordinates(|values| values.2);
    let lower: Vec<(f64, f64)> = coordinates(|values| values.0).collect();
    let outline: Vec<String> =
        upper.chain(lower.into_iter().rev()).map(|(dial, share)| format!("{:.1},{:.1}", x(dial), y(share))).collect();
    let line: Vec<String> = coordinates(|values| values.1).map(|(dial, share)| format!("{:.1},{:.1}", x(dial), y(share))).collect();
    let _infallible = write!(
        svg,
        "<polygon points=\"{}\" fill=\"{colour}\" opacity=\".1\"/><polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\"/>",
        outline.join(" "),
        line.join(" ")
    );
}
